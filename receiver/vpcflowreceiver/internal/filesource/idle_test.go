// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// idleFixture is a source whose polls the test runs, at the times that the test sets.
type idleFixture struct {
	*fixture
	now time.Time
}

func newIdleFixture(t testing.TB) *idleFixture {
	t.Helper()
	r := &idleFixture{fixture: newFixture(t), now: time.Now()}
	r.Config.Now = func() time.Time { return r.now }
	r.files.PollInterval = 200 * time.Millisecond
	return r
}

// open makes the source, with the default intervals.
func (r *idleFixture) open() {
	r.t.Helper()
	r.build()
	r.source.maxInterval = maxInterval
	require.NoError(r.t, r.source.open(r.t.Context(), nil))
}

// poll polls once, after a time, and returns how many files were checked.
func (r *idleFixture) poll(after time.Duration) int64 {
	r.t.Helper()
	r.now = r.now.Add(after)
	r.source.poll(r.t.Context())
	logged := r.Logs.FilterMessage("files polled").All()
	return logged[len(logged)-1].ContextMap()["files_checked"].(int64)
}

// rest polls until all files have been idle for a long time.
func (r *idleFixture) rest() {
	for range 3 {
		r.poll(time.Hour)
	}
	r.poll(time.Second) // Folders that have just changed are read once more.
}

func (r *idleFixture) requireRead(want ...int) {
	r.t.Helper()
	require.ElementsMatch(r.t, want, ingesttest.SourcePorts(r.Sink.AllLogs()))
}

func TestIdleFilesAreCheckedEveryTenSeconds(t *testing.T) {
	r := newIdleFixture(t)
	for n := range 50 {
		r.write(fmt.Sprintf("%02d.log", n), lines(n, n))
	}
	r.open()
	r.rest()
	var checked int64
	const polls = 300
	for range polls {
		checked += r.poll(r.files.PollInterval)
	}
	assert.EqualValues(t, 50*polls/50, checked, "each file is checked 6 times in a minute")
}

func TestAnIdleFileThatGrowsIsReadWithinTenSeconds(t *testing.T) {
	r := newIdleFixture(t)
	r.write("a.log", lines(1, 10))
	r.open()
	r.rest()
	r.append("a.log", lines(11, 20))
	r.poll(maxInterval)
	r.requireRead(ports(1, 20)...)
}

func TestAnActiveFileIsCheckedAtEachPoll(t *testing.T) {
	r := newIdleFixture(t)
	r.write("a.log", lines(1, 1))
	r.open()
	r.rest()
	r.append("a.log", lines(2, 2))
	r.poll(maxInterval)
	for port := 3; port < 20; port++ {
		for range 9 { // It is written every two seconds.
			r.poll(r.files.PollInterval)
		}
		r.append("a.log", lines(port, port))
		r.poll(r.files.PollInterval)
		r.requireRead(ports(1, port)...)
	}
}

func TestANewFileIsReadAtTheNextPoll(t *testing.T) {
	for name, add := range map[string]func(r *idleFixture){
		"in a folder with other files": func(r *idleFixture) { r.write("b.log", lines(2, 2)) },
		"in a new folder": func(r *idleFixture) {
			require.NoError(t, os.MkdirAll(r.path("2026/11"), 0o700))
			r.write("2026/11/b.log", lines(2, 2))
		},
		"in an empty folder": func(r *idleFixture) { r.write("empty/b.log", lines(2, 2)) },
		"in place of an idle file": func(r *idleFixture) {
			r.write("new", lines(2, 2))
			r.rename("new", "a.log")
		},
		"in place of a file that is renamed": func(r *idleFixture) {
			r.rename("a.log", "a.log.1")
			r.write("a.log", lines(2, 2))
		},
		"in a folder that is renamed": func(r *idleFixture) {
			require.NoError(t, os.Mkdir(r.path("hidden"), 0o700))
			r.write("hidden/b.log", lines(2, 2))
			require.NoError(t, os.Remove(r.path("empty")))
			r.rename("hidden", "empty")
		},
		"that is named without a wildcard": func(r *idleFixture) { r.write("literal", lines(2, 2)) },
		"behind a symbolic link": func(r *idleFixture) {
			r.write("other", lines(2, 2))
			require.NoError(t, os.Symlink("other", r.path("b.log")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newIdleFixture(t)
			r.files.Include = []string{r.path("**/*.log*"), r.path("literal")}
			r.files.Exclude = []string{r.path("hidden/*")}
			require.NoError(t, os.Mkdir(r.path("empty"), 0o700))
			r.write("a.log", lines(1, 1))
			r.open()
			r.rest()
			add(r)
			r.poll(r.files.PollInterval)
			r.requireRead(1, 2)
		})
	}
}

func TestANewFileThatDoesNotChangeTheTimeOfItsFolderIsRead(t *testing.T) {
	r := newIdleFixture(t)
	r.write("a.log", lines(1, 1))
	r.open()
	add := func(name string, port int) {
		info, err := os.Stat(r.dir)
		require.NoError(t, err)
		r.write(name, lines(port, port))
		require.NoError(t, os.Chtimes(r.dir, time.Time{}, info.ModTime()))
	}
	r.poll(0)
	add("b.log", 2) // Within the granularity of the time.
	r.poll(r.files.PollInterval)
	r.requireRead(1, 2)
	r.rest()
	add("c.log", 3) // The file system does not record the time.
	r.poll(maxInterval)
	r.requireRead(1, 2, 3)
}

func TestAnExcludedOldFileIsReadAfterItHasChanged(t *testing.T) {
	r := newIdleFixture(t)
	r.files.ExcludeOlderThan = time.Hour
	r.write("a.log", lines(1, 1))
	long := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(r.path("a.log"), long, long))
	r.open()
	r.poll(0)
	r.requireRead()
	r.append("a.log", lines(2, 2))
	r.poll(maxInterval)
	r.requireRead(1, 2)
}

func TestTheSameFilesAreFoundAsByTheFileLogReceiver(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"a.log", "b.log", "b[1].log", ".hidden.log", "x/a.log", "x/y/a.log", "x/y/b.log.gz", "x/z/c.txt", "2026/11/30/d.log", "2026/12/01/d.log",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "folder.log"), 0o700))
	for link, target := range map[string]string{"link.log": "a.log", "dangling.log": "missing", "linked": "x", "x/loop": "y", "link2.log": "folder.log"} {
		require.NoError(t, os.Symlink(filepath.Join(dir, target), filepath.Join(dir, filepath.FromSlash(link))))
	}
	for _, test := range []struct{ include, exclude []string }{
		{include: []string{"*.log"}},
		{include: []string{"*.log", "a.log", "./a.log", "x/../b.log"}},
		{include: []string{"**/*.log"}},
		{include: []string{"**"}},
		{include: []string{"**/y/*"}},
		{include: []string{"*/**/a.log"}},
		{include: []string{"{x,2026}/**/*.{log,gz}"}},
		{include: []string{"2026/1[12]/*/d.log"}},
		{include: []string{"missing/*.log", "missing", "a.log/*"}},
		{include: []string{`b\[1\].log`}},
		{include: []string{"linked/*.log", "x/"}},
		{include: []string{"**/*.log"}, exclude: []string{"**/y/*", "b*"}},
		{include: []string{"*"}, exclude: []string{"**"}},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			c := NewDefaultConfig()
			for _, glob := range test.include {
				c.Include = append(c.Include, dir+"/"+glob)
			}
			for _, glob := range test.exclude {
				c.Exclude = append(c.Exclude, dir+"/"+glob)
			}
			l, err := newLister(c.Criteria)
			require.NoError(t, err)
			want, matchErr := l.matcher.MatchFiles()
			now := time.Unix(0, 0)
			for range 3 {
				l.list(now)
				assert.ElementsMatch(t, want, l.paths)
				now = now.Add(time.Second)
			}
			if len(want) > 0 {
				assert.Equal(t, matchErr, l.err)
			}
		})
	}
}

// BenchmarkPollAtRest measures the polls of one minute, with files that have been idle for a long time.
func BenchmarkPollAtRest(b *testing.B) {
	for _, files := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			r := newIdleFixture(b)
			for n := range files {
				r.write(fmt.Sprintf("%06d.log", n), lines(n, n))
			}
			r.open()
			r.rest()
			for b.Loop() {
				for range time.Minute / r.files.PollInterval {
					r.now = r.now.Add(r.files.PollInterval)
					r.source.poll(b.Context())
				}
			}
			b.ReportMetric(100*b.Elapsed().Minutes()/float64(b.N), "percent/core")
		})
	}
}
