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

// TestDemoIsUpToDate compares the decompressed logs, because another release of Go may compress differently.
func TestDemoIsUpToDate(t *testing.T) {
	o, total := DefaultOptions(), 0
	var written []Summary
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
					require.Equal(t, want, line, "%s:%d differs from what flowgen generates; see testdata/demo/README.md", path, i+2)
				}
			}
			n += len(lines)
		}
		_, more := next()
		stop()
		assert.False(t, more, "flowgen generates more records than the demo has")
		written = append(written, Summary{Account: l.Account, Version: version, Records: n})
		total += n
	}
	assert.GreaterOrEqual(t, total, 150_000)
	assert.Equal(t, logFiles(t, demo), files, "the paths are in the order of the accounts")
	assert.Len(t, files, 2*10*4, "four files a day")
	checkSideFiles(t, written)
}

func checkSideFiles(t *testing.T, written []Summary) {
	t.Helper()
	labels, err := LabelsOf(DefaultOptions(), Versions()...)
	require.NoError(t, err)
	var want strings.Builder
	_, err = labels.WriteTo(&want)
	require.NoError(t, err)
	for name, want := range map[string]string{"labels.yaml": want.String(), "threats.txt": Threats, "attacks.md": labels.table(written)} {
		text, err := os.ReadFile(filepath.Join(demo, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(text), "%s is out of date; see testdata/demo/README.md", name)
	}
}

func TestDemoIsSmallEnoughToClone(t *testing.T) {
	size := 0
	for _, text := range contents(t, demo) {
		size += len(text)
	}
	assert.LessOrEqual(t, size, 4<<20)
}

func TestTableNamesEveryScript(t *testing.T) {
	labels, err := LabelsOf(DefaultOptions(), Versions()...)
	require.NoError(t, err)
	table := labels.table([]Summary{{Account: "111122223333", Version: 2, Records: 83_101}})
	for _, s := range Scripts() {
		assert.Contains(t, table, "`"+s.Name+"` | "+s.Summary+" |")
	}
	assert.Contains(t, table, "- Account 111122223333, version 2: 83,101 records\n")
	opened, updated := labels.alerts()
	assert.Len(t, labels.expected(), opened+updated)
	assert.Contains(t, table, fmt.Sprintf("They cause %d alerts: %d that open an episode, and %d updates. The end of an episode causes one more.\n", opened+updated, opened, updated))
	assert.Contains(t, table, " | `suspicious_destination` (1 update) |\n")
}
