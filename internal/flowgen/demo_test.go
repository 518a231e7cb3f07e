// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const demo = "../../testdata/demo"

// TestDemoIsWhatItsCommandMakes compares the logs unzipped, because another
// release of Go may compress otherwise.
func TestDemoIsWhatItsCommandMakes(t *testing.T) {
	dir := t.TempDir()
	sums, err := Write(DefaultOptions(), FileOptions{Dir: dir, Versions: Versions(), Period: 6 * time.Hour})
	require.NoError(t, err)
	made, kept := logFiles(t, dir), logFiles(t, demo)
	require.Len(t, kept, len(made))
	for i := range made {
		assert.Equal(t, made[i][len(dir):], kept[i][len(demo):])
		wantHeader, want := readLog(t, made[i])
		header, lines := readLog(t, kept[i])
		assert.Equal(t, wantHeader, header)
		require.True(t, assert.ObjectsAreEqual(want, lines), "%s is not what flowgen makes now; see testdata/demo/README.md", kept[i])
	}
	for _, name := range []string{"labels.yaml", "threats.txt"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		text, err := os.ReadFile(filepath.Join(demo, name))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(text))
	}
	assert.GreaterOrEqual(t, sums[0].Records+sums[1].Records, 150_000)
	readme, err := os.ReadFile(filepath.Join(demo, "README.md"))
	require.NoError(t, err)
	for _, sum := range sums {
		assert.Contains(t, string(readme), fmt.Sprintf(" %d,%03d records", sum.Records/1000, sum.Records%1000))
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
