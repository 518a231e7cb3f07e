// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"bufio"
	"compress/gzip"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logFiles returns the log files below a folder, sorted by path.
func logFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(dir, "AWSLogs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	require.NoError(t, err)
	return out
}

// readLog returns the header and the lines of a file.
func readLog(t *testing.T, path string) (string, []string) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	assert.True(t, unzipped.ModTime.IsZero(), "a modification time would change the bytes")
	var lines []string
	scanner := bufio.NewScanner(unzipped)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	require.NoError(t, scanner.Err())
	require.NotEmpty(t, lines, path)
	return lines[0], lines[1:]
}

func TestFilesHaveTheNamesAndPeriodsOfAWS(t *testing.T) {
	dir := t.TempDir()
	sums, err := Write(oneDay(), FileOptions{Dir: dir, Versions: []int{2, 5}, Period: 5 * time.Minute})
	require.NoError(t, err)
	key := regexp.MustCompile(`^AWSLogs/(\d{12})/vpcflowlogs/([a-z0-9-]+)/(\d{4}/\d\d/\d\d)/(\d{12})_vpcflowlogs_([a-z0-9-]+)_fl-[0-9a-f]{17}_(\d{8}T\d{4}Z)_[0-9a-f]{8}\.log\.gz$`)
	counted := make(map[string]Summary)
	for _, path := range logFiles(t, dir) {
		rel, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		parts := key.FindStringSubmatch(filepath.ToSlash(rel))
		require.NotNil(t, parts, rel)
		assert.Equal(t, parts[1], parts[4])
		assert.Equal(t, parts[2], parts[5])
		begin, err := time.Parse("20060102T1504Z", parts[6])
		require.NoError(t, err)
		assert.Equal(t, parts[3], begin.Format("2006/01/02"))
		assert.Zero(t, begin.Unix()%300)

		header, lines := readLog(t, path)
		require.NotEmpty(t, lines, "a file without records is not written")
		version, err := strconv.Atoi(lines[0][:1])
		require.NoError(t, err)
		assert.Equal(t, Header(version), header)
		for _, line := range lines {
			assert.Contains(t, line, " "+parts[1]+" ")
		}
		info, err := os.Stat(path)
		require.NoError(t, err)
		sum := counted[parts[1]]
		counted[parts[1]] = Summary{parts[1], version, sum.Files + 1, sum.Records + len(lines), sum.Bytes + info.Size()}
	}
	for _, sum := range sums {
		assert.Equal(t, sum, counted[sum.Account])
		assert.InDelta(t, 288, sum.Files, 2)
	}
	assert.FileExists(t, filepath.Join(dir, "labels.yaml"))
	assert.FileExists(t, filepath.Join(dir, "threats.txt"))
	assert.FileExists(t, filepath.Join(dir, "attacks.md"))
}

// contents returns the content of each file below dir.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, dir)] = string(text)
		return err
	}))
	return out
}

func TestSameSeedSameBytes(t *testing.T) {
	var made []map[string]string
	for _, seed := range []uint64{1, 1, 2} {
		o, dir := oneDay(), t.TempDir()
		o.Seed = seed
		_, err := Write(o, FileOptions{Dir: dir, Versions: []int{2, 5}, Period: 6 * time.Hour})
		require.NoError(t, err)
		made = append(made, contents(t, dir))
	}
	assert.Len(t, made[0], 2*4+3)
	assert.True(t, maps.Equal(made[0], made[1]), "same seed, same names and bytes")
	assert.False(t, maps.Equal(made[0], made[2]), "another seed, other bytes")
}

func TestPeriodDoesNotChangeTheRecords(t *testing.T) {
	var made [][]string
	for _, f := range []FileOptions{{Period: 5 * time.Minute}, {Period: 24 * time.Hour}, {Period: time.Minute, Single: true}} {
		f.Dir, f.Versions = t.TempDir(), []int{2}
		sums, err := Write(oneDay(), f)
		require.NoError(t, err)
		assert.True(t, sums[0].Files == 1 || !f.Single)
		var all []string
		for _, path := range logFiles(t, f.Dir) {
			_, lines := readLog(t, path)
			all = append(all, lines...)
		}
		made = append(made, all)
	}
	assert.True(t, slices.Equal(made[0], made[1]))
	assert.True(t, slices.Equal(made[0], made[2]))
}

func TestWriteRefusesInvalidOptions(t *testing.T) {
	full := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(full, "AWSLogs"), 0o755))
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	good := FileOptions{Dir: t.TempDir(), Versions: []int{2}, Period: 5 * time.Minute}
	for name, test := range map[string]struct {
		change func(*Options, *FileOptions)
		want   string
	}{
		"a folder with logs":                  {func(_ *Options, f *FileOptions) { f.Dir = full }, "contains flow logs; remove " + filepath.Join(full, "AWSLogs")},
		"a file for a folder":                 {func(_ *Options, f *FileOptions) { f.Dir = file }, "file"},
		"no folder":                           {func(_ *Options, f *FileOptions) { f.Dir = "" }, "out: must name a folder"},
		"no version":                          {func(_ *Options, f *FileOptions) { f.Versions = nil }, "version: at least one is needed"},
		"an unknown version":                  {func(_ *Options, f *FileOptions) { f.Versions = []int{2, 3} }, "version 3: the versions are 2"},
		"a version twice":                     {func(_ *Options, f *FileOptions) { f.Versions = []int{2, 2} }, "version 2: named twice"},
		"a period that does not divide a day": {func(_ *Options, f *FileOptions) { f.Period = 7 * time.Minute }, "period 7m0s: must divide a day"},
		"more than a day":                     {func(_ *Options, f *FileOptions) { f.Period = 48 * time.Hour }, "period 48h0m0s: "},
		"seconds":                             {func(_ *Options, f *FileOptions) { f.Period = 90 * time.Second }, "period 1m30s: "},
		"no time at all":                      {func(_ *Options, f *FileOptions) { f.Period = 0 }, "period 0s: "},
		"records too few":                     {func(o *Options, _ *FileOptions) { o.Records = 100 }, "records 100: too few for these days and attacks, which need "},
		"invalid options":                     {func(o *Options, _ *FileOptions) { o.Days = 0 }, "days 0"},
		"an attack beyond the days":           {func(o *Options, _ *FileOptions) { o.Scripts = []string{"worm"} }, "days 1: attack worm ends"},
	} {
		t.Run(name, func(t *testing.T) {
			o, f := oneDay(), good
			test.change(&o, &f)
			_, err := Write(o, f)
			require.ErrorContains(t, err, test.want)
			assert.NoDirExists(t, filepath.Join(good.Dir, "AWSLogs"), "nothing was written")
		})
	}
}
