// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"
)

func TestAFileIsFollowedThroughARename(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", shortHeader+shortLines(1, 50))
	r.start()
	r.RequirePorts(ports(1, 50)...)
	r.rename("a.log", "a.log.1")
	r.append("a.log.1", shortLines(51, 52))
	r.write("a.log", lines(53, 100))
	r.RequirePortsInAnyOrder(ports(1, 100)...)
	r.append("a.log.1", shortLines(101, 101))
	r.append("a.log", lines(102, 102))
	r.RequirePortsInAnyOrder(ports(1, 102)...)
	r.RequireCounter("bad_lines", map[string]int64{})
}

func TestAFileThatNoLongerMatchesIsReadToItsEnd(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 50))
	r.start()
	r.RequirePorts(ports(1, 50)...)
	r.append("a.log", lines(51, 60))
	r.rename("a.log", "old")
	r.write("a.log", lines(61, 100))
	r.RequirePortsInAnyOrder(ports(1, 100)...)
}

func TestAFileThatIsCopiedAndTruncatedIsReadOnce(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 50))
	r.start()
	r.RequirePorts(ports(1, 50)...)
	r.write("a.log.1", lines(1, 50))
	r.waitForPolls()
	r.write("a.log", lines(51, 60))
	r.RequirePortsInAnyOrder(ports(1, 60)...)
	r.append("a.log", lines(61, 62))
	r.RequirePortsInAnyOrder(ports(1, 62)...)
}

func TestOnTruncateReadWholeFileReadsATruncatedFileFromItsBeginning(t *testing.T) {
	r := newFixture(t)
	r.files.OnTruncate = OnTruncateReadWholeFile
	r.write("a.log", lines(1, 50))
	r.start()
	r.RequirePorts(ports(1, 50)...)
	require.NoError(t, os.Truncate(r.path("a.log"), int64(len(lines(1, 20)))))
	r.RequirePorts(append(ports(1, 50), ports(1, 20)...)...)
	r.append("a.log", lines(51, 52))
	r.RequirePorts(append(append(ports(1, 50), ports(1, 20)...), 51, 52)...)
}

func TestOnTruncateReadNewReadsATruncatedFileFromItsNewEnd(t *testing.T) {
	r := newFixture(t)
	r.files.OnTruncate = OnTruncateReadNew
	r.write("a.log", shortHeader+shortLines(1, 50))
	r.start()
	r.RequirePorts(ports(1, 50)...)
	require.NoError(t, os.Truncate(r.path("a.log"), int64(len(shortHeader+shortLines(1, 40)))))
	r.waitForPolls()
	r.append("a.log", shortLines(51, 52))
	r.RequirePorts(ports(1, 52)...)
	r.RequireCounter("bad_lines", map[string]int64{})
}

func TestAFileThatIsCompressedIsNotReadAgain(t *testing.T) {
	for name, last := range map[string]int{
		"a long file":  200,
		"a short file": 3,
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			text := shortHeader + shortLines(1, last)
			r.write("a.log", text)
			r.start()
			r.RequirePorts(ports(1, last)...)
			// The last lines are only in the compressed file.
			r.write("a.log.gz", gzipped(t, text+shortLines(last+1, last+5)))
			r.remove("a.log")
			r.RequirePorts(ports(1, last+5)...)
			r.waitForPolls()
			r.RequireCounter("records", map[string]int64{"": int64(last) + 5})
			r.RequireCounter("files", map[string]int64{"read": 1})
		})
	}
}

func TestATruncatedGzipFileIsContinuedWhenItIsComplete(t *testing.T) {
	text := shortHeader + shortLines(1, 3000)
	whole := gzipped(t, text)
	for name, complete := range map[string]func(r *fixture){
		"the rest is appended": func(r *fixture) { r.append("a.log.gz", whole[len(whole)/2:]) },
		"the whole file replaces it": func(r *fixture) {
			r.write("new", whole)
			r.rename("new", "a.log.gz")
		},
		"the whole file, compressed at another level, replaces it": func(r *fixture) {
			r.write("new", gzippedFast(t, text))
			r.rename("new", "a.log.gz")
		},
		"the whole file appears under another name": func(r *fixture) { r.write("b.log.gz", gzippedFast(t, text)) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			cut := whole[:len(whole)/2]
			readable := strings.Count(gunzipped(cut), "\n") - 1
			require.Greater(t, readable, 100)
			r.write("a.log.gz", cut)
			r.start()
			r.RequirePorts(ports(1, readable)...)
			context := r.requireMessage(zapcore.WarnLevel, "is truncated", "a.log.gz")
			assert.Equal(t, "unexpected EOF", context["reason"])
			complete(r)
			r.RequirePorts(ports(1, 3000)...)
			r.RequireCounter("files", map[string]int64{"truncated": 1, "read": 1})
			r.RequireCounter("bad_lines", map[string]int64{})
		})
	}
}

func TestAnUnfinishedGzipCopyOfAReadFileIsNotReported(t *testing.T) {
	r := newFixture(t)
	text := lines(1, 3000)
	whole := gzipped(t, text)
	r.write("a.log", text)
	r.start()
	r.RequirePorts(ports(1, 3000)...)
	r.write("a.log.gz", whole[:len(whole)/2])
	r.waitForPolls()
	r.append("a.log.gz", whole[len(whole)/2:])
	r.remove("a.log")
	r.waitForPolls()
	r.RequirePorts(ports(1, 3000)...)
	assert.Empty(t, r.Logs.FilterMessageSnippet("truncated").All())
	r.RequireCounter("files", map[string]int64{"read": 1})
}

func TestAppendedGzipMembersAreRead(t *testing.T) {
	r := newFixture(t)
	r.write("a.log.gz", gzipped(t, shortHeader+shortLines(1, 500)))
	r.start()
	r.RequirePorts(ports(1, 500)...)
	r.append("a.log.gz", gzipped(t, shortLines(501, 1000)))
	r.RequirePorts(ports(1, 1000)...)
}

func TestACopiedAndTruncatedFileWithTheSameHeaderIsReadFromItsBeginning(t *testing.T) {
	for name, last := range map[string]int{"shorter": 61, "as long": 110, "longer": 200} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.write("a.log", shortHeader+shortLines(1, 50))
			r.start()
			r.RequirePorts(ports(1, 50)...)
			// The copy has lines that were written after the last poll.
			r.write("copy", shortHeader+shortLines(1, 60))
			r.rename("copy", "b.log")
			r.write("a.log", shortHeader+shortLines(61, last))
			r.RequirePortsInAnyOrder(ports(1, last)...)
			r.RequireCounter("bad_lines", map[string]int64{})
		})
	}
}

func TestATruncatedFileIsContinuedWhenItIsLongerThanBefore(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 50))
	r.start()
	r.RequirePorts(ports(1, 50)...)
	require.NoError(t, os.Truncate(r.path("a.log"), int64(len(lines(1, 20)))))
	r.waitForPolls()
	r.append("a.log", lines(21, 55))
	r.RequirePorts(ports(1, 55)...)
}

func TestRotatedFilesAreReadOnce(t *testing.T) {
	r := newFixture(t)
	for generation := range 5 {
		for old := generation; old > 0; old-- {
			name := "a.log"
			if old > 1 {
				name = fmt.Sprint("a.log.", old-1)
			}
			r.rename(name, fmt.Sprint("a.log.", old))
		}
		r.write("a.log", shortHeader+shortLines(10*generation+1, 10*generation+10))
		if generation == 0 {
			r.start()
		}
		r.RequirePorts(ports(1, 10*generation+10)...)
	}
	r.append("a.log.4", shortLines(51, 51))
	r.RequirePorts(ports(1, 51)...)
}

func TestSeveralFilesThatNoLongerMatchAreReadToTheirEnd(t *testing.T) {
	r := newFixture(t)
	r.files.MaxConcurrentFiles = 3
	for n := range 3 {
		r.write(fmt.Sprint(n, ".log"), lines(10*n+1, 10*n+10))
	}
	r.start()
	r.RequirePortsInAnyOrder(ports(1, 30)...)
	for n := range 3 {
		r.append(fmt.Sprint(n, ".log"), lines(31+n, 31+n))
		r.rename(fmt.Sprint(n, ".log"), fmt.Sprint("old", n))
	}
	r.RequirePortsInAnyOrder(ports(1, 33)...)
}

func TestFilesThatDifferAfterTheFirst1000BytesAreAllRead(t *testing.T) {
	for name, begin := range map[string]string{"1,000 bytes": lines(1, 30)[:1000], "more than 64 KiB": lines(1, 900)} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			begin = begin[:strings.LastIndexByte(begin, '\n')+1]
			begin += strings.Repeat("#", max(0, 1000-len(begin))) + "\n"
			require.GreaterOrEqual(t, len(begin), 1000)
			shared := strings.Count(begin, "ACCEPT")
			r.write("a.log", begin+lines(1001, 1010))
			r.write("b.log", begin+lines(1011, 1020))
			r.write("c.log.gz", gzipped(t, begin+lines(1021, 1030)))
			r.start()
			want := ports(1001, 1030)
			for range 3 {
				want = append(want, ports(1, shared)...)
			}
			r.RequirePortsInAnyOrder(want...)
			r.waitForPolls()
			r.RequirePortsInAnyOrder(want...)
		})
	}
}
