// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"os"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"
)

func TestAFileIsFollowedThroughARename(t *testing.T) {
	r := newRig(t)
	r.write("a.log", shortHeader+short(1, 50))
	r.start()
	r.ports(upTo(1, 50)...)
	r.rename("a.log", "a.log.1")
	r.append("a.log.1", short(51, 52))
	r.write("a.log", v2(53, 100))
	r.portsInAnyOrder(upTo(1, 100)...)
	r.append("a.log.1", short(101, 101))
	r.append("a.log", v2(102, 102))
	r.portsInAnyOrder(upTo(1, 102)...)
	r.counted("bad_lines", map[string]int64{})
}

func TestAFileThatIsRenamedOutOfSightIsReadToItsEnd(t *testing.T) {
	r := newRig(t)
	r.write("a.log", v2(1, 50))
	r.start()
	r.ports(upTo(1, 50)...)
	// Both at once for the file consumer, which looks every few milliseconds at most.
	r.append("a.log", v2(51, 60))
	r.rename("a.log", "old")
	r.write("a.log", v2(61, 100))
	r.portsInAnyOrder(upTo(1, 100)...)
}

func TestAFileThatIsCopiedAndTruncatedIsReadOnce(t *testing.T) {
	r := newRig(t)
	r.write("a.log", v2(1, 50))
	r.start()
	r.ports(upTo(1, 50)...)
	r.write("a.log.1", v2(1, 50))
	r.polled()
	r.write("a.log", v2(51, 60))
	r.portsInAnyOrder(upTo(1, 60)...)
	r.append("a.log", v2(61, 62))
	r.portsInAnyOrder(upTo(1, 62)...)
}

func TestATruncatedFileIsReadAnewWhenToldSo(t *testing.T) {
	r := newRig(t)
	r.cfg.Files.Get().OnTruncate = fileconsumer.OnTruncateReadWholeFile
	r.write("a.log", v2(1, 50))
	r.start()
	r.ports(upTo(1, 50)...)
	require.NoError(t, os.Truncate(r.path("a.log"), int64(len(v2(1, 20)))))
	r.ports(append(upTo(1, 50), upTo(1, 20)...)...)
	r.append("a.log", v2(51, 52))
	r.ports(append(append(upTo(1, 50), upTo(1, 20)...), 51, 52)...)
}

func TestATruncatedFileIsReadFromItsNewEndWhenToldSo(t *testing.T) {
	r := newRig(t)
	r.cfg.Files.Get().OnTruncate = fileconsumer.OnTruncateReadNew
	r.write("a.log", shortHeader+short(1, 50))
	r.start()
	r.ports(upTo(1, 50)...)
	require.NoError(t, os.Truncate(r.path("a.log"), int64(len(shortHeader+short(1, 40)))))
	r.polled()
	r.append("a.log", short(51, 52))
	r.ports(upTo(1, 52)...)
	r.counted("bad_lines", map[string]int64{})
}

func TestAFileThatIsCompressedIsNotReadAgain(t *testing.T) {
	for name, last := range map[string]int{
		"a file longer than what identifies it":  200,
		"a file shorter than what identifies it": 3,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			text := shortHeader + short(1, last)
			r.write("a.log", text)
			r.start()
			r.ports(upTo(1, last)...)
			// What was written after the file was last looked at is only in the compressed file.
			r.write("a.log.gz", zip(t, text+short(last+1, last+5)))
			require.NoError(t, os.Remove(r.path("a.log")))
			r.ports(upTo(1, last+5)...)
			r.polled()
			r.counted("records", map[string]int64{"": int64(last) + 5})
			r.counted("files", map[string]int64{"read": 1})
		})
	}
}

func TestACutOffGzipFileGoesOnWhenItIsWhole(t *testing.T) {
	text := shortHeader + short(1, 3000)
	whole := zip(t, text)
	for name, complete := range map[string]func(r *rig){
		"the rest is appended": func(r *rig) { r.append("a.log.gz", whole[len(whole)/2:]) },
		"the whole file takes its place": func(r *rig) {
			r.write("new", whole)
			r.rename("new", "a.log.gz")
		},
		"the whole file, compressed otherwise, takes its place": func(r *rig) {
			r.write("new", zipBadly(t, text))
			r.rename("new", "a.log.gz")
		},
		"the whole file comes under another name": func(r *rig) { r.write("b.log.gz", zipBadly(t, text)) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			cut := whole[:len(whole)/2]
			readable := strings.Count(unzipped(cut), "\n") - 1
			require.Greater(t, readable, 100)
			r.write("a.log.gz", cut)
			r.start()
			r.ports(upTo(1, readable)...)
			context := r.says(zapcore.WarnLevel, "is cut off", "a.log.gz")
			assert.Equal(t, "unexpected EOF", context["reason"])
			complete(r)
			r.ports(upTo(1, 3000)...)
			r.counted("files", map[string]int64{"truncated": 1, "read": 1})
			r.counted("bad_lines", map[string]int64{})
		})
	}
}

func TestAGzipFileThatIsBeingMadeOfOneThatWasReadSaysNothing(t *testing.T) {
	r := newRig(t)
	text := v2(1, 3000)
	whole := zip(t, text)
	r.write("a.log", text)
	r.start()
	r.ports(upTo(1, 3000)...)
	r.write("a.log.gz", whole[:len(whole)/2])
	r.polled()
	r.append("a.log.gz", whole[len(whole)/2:])
	require.NoError(t, os.Remove(r.path("a.log")))
	r.polled()
	r.ports(upTo(1, 3000)...)
	assert.Empty(t, r.logs.FilterMessageSnippet("cut off").All())
	r.counted("files", map[string]int64{"read": 1})
}

func TestAppendedGzipMembersAreRead(t *testing.T) {
	r := newRig(t)
	r.write("a.log.gz", zip(t, shortHeader+short(1, 500)))
	r.start()
	r.ports(upTo(1, 500)...)
	r.append("a.log.gz", zip(t, short(501, 1000)))
	r.ports(upTo(1, 1000)...)
}
