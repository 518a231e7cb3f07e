// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// corrupt spoils a gzip file in its middle.
func corrupt(content string) string {
	middle := len(content) / 2
	return content[:middle] + strings.Repeat("\xff", 40) + content[middle+40:]
}

func TestABadFileIsReportedAndTheOthersAreRead(t *testing.T) {
	whole := zip(t, v2(1001, 4000))
	wrongSum := whole[:len(whole)-8] + "12345678"
	var binary strings.Builder
	for i := range 3000 {
		binary.WriteByte(byte(i))
	}
	for name, test := range map[string]struct {
		file, content string
		level         zapcore.Level
		message       string
		outcome       outcome
		badLines      map[string]int64
		records       int // of the bad file; -1 for some
	}{
		"a gzip file that is cut off": {
			file: "b.log.gz", content: whole[:len(whole)/2],
			level: zapcore.WarnLevel, message: "is cut off", outcome: outcomeTruncated, records: -1,
		},
		"a gzip file that is cut off in its header": {
			file: "b.log.gz", content: whole[:5],
			level: zapcore.WarnLevel, message: "is cut off", outcome: outcomeTruncated,
		},
		"a gzip file that is cut off before its checksum": {
			file: "b.log.gz", content: whole[:len(whole)-4],
			level: zapcore.WarnLevel, message: "is cut off", outcome: outcomeTruncated, records: 3000,
		},
		"a gzip file that is corrupt in the middle": {
			file: "b.log.gz", content: corrupt(whole),
			level: zapcore.ErrorLevel, message: "is corrupt", outcome: outcomeCorrupt, records: -1,
		},
		"a gzip file with a wrong checksum": {
			file: "b.log.gz", content: wrongSum,
			level: zapcore.ErrorLevel, message: "is corrupt", outcome: outcomeCorrupt, records: 3000,
		},
		"a gzip file of another kind": {
			file: "b.log.gz", content: "\x1f\x8b\x01" + strings.Repeat("nonsense\n", 20),
			level: zapcore.ErrorLevel, message: "is corrupt", outcome: outcomeCorrupt,
		},
		"an empty file": {
			file:  "b.log",
			level: zapcore.InfoLevel, message: "is empty", outcome: outcomeEmpty,
		},
		"a gzip file of nothing": {
			file: "b.log.gz", content: zip(t, ""),
			level: zapcore.InfoLevel, message: "is empty", outcome: outcomeEmpty,
		},
		"a file of blank lines": {
			file: "b.log", content: "\n \r\n\n",
			level: zapcore.InfoLevel, message: "is empty", outcome: outcomeEmpty,
		},
		"a file with a header only": {
			file: "b.log", content: shortHeader,
			level: zapcore.InfoLevel, message: "has a header and no records", outcome: outcomeHeaderOnly,
		},
		"a gzip file with a header only": {
			file: "b.log.gz", content: zip(t, shortHeader),
			level: zapcore.InfoLevel, message: "has a header and no records", outcome: outcomeHeaderOnly,
		},
		"a binary file": {
			file: "b.log", content: binary.String(),
			level: zapcore.ErrorLevel, message: "is binary", outcome: outcomeBinary,
		},
		"a binary file in a gzip file": {
			file: "b.log.gz", content: zip(t, binary.String()),
			level: zapcore.ErrorLevel, message: "is binary", outcome: outcomeBinary,
		},
		"a gzip file in a gzip file": {
			file: "b.log.gz", content: zip(t, whole),
			level: zapcore.ErrorLevel, message: "is binary", outcome: outcomeBinary,
		},
		"a file in another format": {
			file: "b.log", content: strings.TrimPrefix(short(1, 50), shortHeader),
			level: zapcore.ErrorLevel, message: "has no line that can be decoded", outcome: outcomeUndecodable,
			badLines: map[string]int64{"too_few_fields": 50},
		},
		"a file of something else": {
			file: "b.log.gz", content: zip(t, "Dear all,\nthis is no flow log but prose, and of such words that they are more than fourteen.\n"),
			level: zapcore.ErrorLevel, message: "has no line that can be decoded", outcome: outcomeUndecodable,
			badLines: map[string]int64{"too_few_fields": 1, "too_many_fields": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.write("a.log", v2(1, 3))
			r.write(test.file, test.content)
			r.write("c.log", v2(4, 6))
			r.start()
			told := r.says(test.level, test.message, test.file)
			var bad []int
			if test.records < 0 {
				lines := strings.Count(unzipped(test.content), "\n")
				require.Greater(t, lines, 100)
				bad = upTo(1001, 1000+lines)
			} else {
				bad = upTo(1001, 1000+test.records)
			}
			r.ports(append(append(upTo(1, 3), bad...), upTo(4, 6)...)...)
			if told["records"] != nil {
				assert.EqualValues(t, len(bad), told["records"])
			}
			r.counted("files", map[string]int64{"read": 2, string(test.outcome): 1})
			r.counted("records", map[string]int64{"": int64(6 + len(bad))})
			if test.badLines == nil {
				test.badLines = map[string]int64{}
			}
			r.counted("bad_lines", test.badLines)
		})
	}
}

func TestABadLineCostsThatLine(t *testing.T) {
	r := newRig(t)
	r.cfg.MaxBatchSize = 2
	good := func(port int) string { return v2(port, port) }
	r.write("a.log", good(1)+good(2)+good(3)+
		"2 123456789010 eni-1235b8ca123456789 172.31.16.139\n"+
		good(4)+
		strings.TrimSuffix(good(5), "\n")+" more\n"+
		strings.Replace(good(6), " 22 ", " ssh ", 1)+
		strings.Replace(good(7), "172.31.16.21", "172.31.16.421", 1)+
		strings.Replace(good(8), " 22 ", " 70000 ", 1)+
		strings.Replace(good(9), "ACCEPT", "ACC\xffPT", 1)+
		good(10))
	r.start()
	r.ports(1, 2, 3, 4, 10)
	r.counted("bad_lines", map[string]int64{
		"too_few_fields": 1, "too_many_fields": 1, "not_a_number": 1, "bad_address": 1, "bad_value": 1, "not_text": 1,
	})
	told := r.says(zapcore.WarnLevel, "cannot be decoded and is passed over", "a.log")
	assert.EqualValues(t, 4, told["line"])
	assert.Equal(t, "too_few_fields", told["reason"])
	r.counted("files", map[string]int64{"read": 1})
}

func TestAFileIsJudgedAtItsEnd(t *testing.T) {
	r := newRig(t)
	// The file consumer gives a hundred blocks at a time, here of one line each.
	r.cfg.MaxBatchSize = 1
	r.write("a.log", strings.Repeat("bad\n", 150)+v2(1, 1))
	r.start()
	r.ports(1)
	r.polled()
	r.counted("files", map[string]int64{"read": 1})
	r.counted("bad_lines", map[string]int64{"too_few_fields": 150})
}

func TestALineThatIsTooLongIsCountedOnce(t *testing.T) {
	for name, length := range map[string]int{
		"a little":                    flow.MaxLine + 1,
		"longer than what is at hand": 3 << 20,
	} {
		for _, file := range []string{"a.log", "a.log.gz"} {
			t.Run(name+" in "+file, func(t *testing.T) {
				r := newRig(t)
				text := v2(1, 3) + strings.Repeat("x", length) + "\n" + v2(4, 6) + strings.Repeat("y", length) + "\n"
				if file == "a.log.gz" {
					text = zip(t, text)
				}
				r.write(file, text)
				r.start()
				r.ports(1, 2, 3, 4, 5, 6)
				r.counted("bad_lines", map[string]int64{"too_long": 2})
				told := r.says(zapcore.WarnLevel, "cannot be decoded and is passed over", file)
				assert.EqualValues(t, 4, told["line"])
				assert.Contains(t, told["value"], "xxx")
			})
		}
	}
}

func TestUnknownFieldsAreReportedOncePerFormat(t *testing.T) {
	r := newRig(t)
	header := strings.TrimSuffix(shortHeader, "\n") + " new-field\n"
	line := func(port int) string { return strings.TrimSuffix(short(port, port), "\n") + " x\n" }
	r.write("a.log", header+line(1))
	r.write("b.log", header+line(2)+shortHeader+short(3, 3)+header+line(4))
	r.start()
	r.portsInAnyOrder(1, 2, 3, 4)
	told := r.says(zapcore.InfoLevel, "fields that are not known", "a.log")
	assert.Equal(t, []any{"new-field"}, told["fields"])
	assert.Len(t, r.logs.FilterMessageSnippet("fields that are not known").All(), 1)
}

func TestAFileThatCannotBeOpenedIsTriedAgain(t *testing.T) {
	r := newRig(t)
	r.build()
	s := r.receiver.(*vpcFlowReceiver).sources[0].(*files)
	require.NoError(t, s.Start(t.Context(), nil, nil))
	defer func() { require.NoError(t, s.Shutdown(t.Context())) }()
	content := []byte(zip(t, v2(1, 1)))
	ended, returned := make(chan struct{}), false
	go func() {
		defer close(ended)
		_ = s.emit(t.Context(), [][]byte{content}, map[string]any{"log.file.path": r.path("gone.log.gz")}, 1, []int64{0, 100})
		returned = true
	}()
	<-ended
	assert.False(t, returned, "the file consumer must not move its position")
	told := r.logs.FilterMessageSnippet("will be tried again").All()
	require.Len(t, told, 1)
	assert.Contains(t, told[0].ContextMap()["error"], "gone.log.gz")
}

func TestTextIsToldFromOtherThings(t *testing.T) {
	long := strings.Repeat("x", sniffed-1)
	for name, test := range map[string]struct {
		head string
		want bool
	}{
		"a line":                                   {v2(1, 1), false},
		"a byte order mark":                        {"\ufeff" + v2(1, 1), false},
		"UTF-16":                                   {"\xff\xfe2\x00 \x001\x00", true},
		"a zero byte":                              {"text\x00", true},
		"a zero byte behind what is looked at":     {long + "xx\x00", false},
		"a character that is cut in two":           {long + "é", false},
		"a longer character that is cut":           {long[:sniffed-3] + "😀" + long, false},
		"half a character at the end":              {"x\xc3", true},
		"what is no character behind all that fit": {long + "x\xff", false},
		"nothing":                                  {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, isBinary([]byte(test.head)))
		})
	}
}

func TestAPipeAmongTheFilesIsLeftOut(t *testing.T) {
	r := newRig(t)
	r.write("a.log", "2 1 eni-1 10.0.0.5 10.0.2.10 50000 2000 6 1 60 1736899200 1736899259 REJECT OK\n")
	require.NoError(t, syscall.Mkfifo(filepath.Join(r.dir, "b[1].log"), 0o600))
	r.write("c.log", "2 1 eni-1 10.0.0.6 10.0.2.10 50000 2000 6 1 60 1736899200 1736899259 REJECT OK\n")
	r.start()
	require.Eventually(t, func() bool { return r.sink.LogRecordCount() == 2 }, timeout, tick)
	require.Equal(t, 1, r.logs.FilterMessageSnippet("pipe").Len())
}

func TestThatNoFileMatchesIsSaidOnce(t *testing.T) {
	r := newRig(t)
	r.start()
	require.Eventually(t, func() bool { return r.logs.FilterMessageSnippet("No file matches").Len() == 1 }, timeout, tick)
}
