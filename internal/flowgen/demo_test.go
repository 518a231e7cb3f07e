// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const demo = "../../testdata/demo"

// TestDemoIsWhatItsCommandMakes compares the logs unzipped, because another
// release of Go may compress otherwise.
func TestDemoIsWhatItsCommandMakes(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(demo, "README.md"))
	require.NoError(t, err)
	o, total := DefaultOptions(), 0
	var files []string
	for _, version := range Versions() {
		l, err := NewLog(version, o)
		require.NoError(t, err)
		next, stop := iter.Pull(l.Records())
		n := 0
		for _, path := range logFiles(t, demo) {
			if !strings.Contains(path, l.Account) {
				continue
			}
			files = append(files, path)
			header, lines := readLog(t, path)
			assert.Equal(t, l.Header(), header)
			for i, line := range lines {
				r, more := next()
				if want := string(l.AppendLine(nil, r)); !more || line != want {
					require.Equal(t, want, line, "%s:%d is not what flowgen makes now; see testdata/demo/README.md", path, i+2)
				}
			}
			n += len(lines)
		}
		_, more := next()
		stop()
		assert.False(t, more, "flowgen makes more than the demo has")
		assert.Contains(t, string(readme), fmt.Sprintf(" %d,%03d records", n/1000, n%1000))
		total += n
	}
	assert.GreaterOrEqual(t, total, 150_000)
	assert.Equal(t, logFiles(t, demo), files, "path order is the order of the accounts")
	assert.Len(t, files, 2*10*4, "four files a day")
}

func TestDemoHasItsSideFiles(t *testing.T) {
	labels, err := LabelsOf(DefaultOptions(), Versions()...)
	require.NoError(t, err)
	var want strings.Builder
	_, err = labels.WriteTo(&want)
	require.NoError(t, err)
	for name, want := range map[string]string{"labels.yaml": want.String(), "threats.txt": Threats} {
		text, err := os.ReadFile(filepath.Join(demo, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
}

func TestDemoIsSmallEnoughToClone(t *testing.T) {
	size := 0
	for _, text := range contents(t, demo) {
		size += len(text)
	}
	assert.LessOrEqual(t, size, 4<<20)
}

func TestDemoReadmeTellsOfEveryScript(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(demo, "README.md"))
	require.NoError(t, err)
	for _, s := range Scripts() {
		assert.Contains(t, string(text), "`"+s.Name+"` | "+s.Summary+" |")
	}
}
