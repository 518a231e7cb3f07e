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

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// corrupt changes a byte in the middle of a gzip file.
func corrupt(content string) string {
	middle := len(content) / 2
	return content[:middle] + strings.Repeat("\xff", 40) + content[middle+40:]
}

func TestABadFileIsReportedAndTheOthersAreRead(t *testing.T) {
	whole := gzipped(t, lines(1001, 4000))
	wrongSum := whole[:len(whole)-8] + "12345678"
	var binary strings.Builder
	for i := range 3000 {
		binary.WriteByte(byte(i))
	}
	for name, test := range map[string]struct {
		file, content string
		level         zapcore.Level
		message       string
		outcome       ingest.Outcome
		badLines      map[string]int64
		reason        string
		records       int // in the bad file; -1 means any positive number
	}{
		"a gzip file that is truncated": {
			file: "b.log.gz", content: whole[:len(whole)/2],
			level: zapcore.WarnLevel, message: "is truncated", outcome: ingest.OutcomeTruncated, records: -1,
		},
		"a gzip file that is truncated in its header": {
			file: "b.log.gz", content: whole[:5],
			level: zapcore.WarnLevel, message: "is truncated", outcome: ingest.OutcomeTruncated,
		},
		"a gzip file that is truncated before its checksum": {
			file: "b.log.gz", content: whole[:len(whole)-4],
			level: zapcore.WarnLevel, message: "is truncated", outcome: ingest.OutcomeTruncated, records: 3000,
		},
		"a gzip file that is corrupt in the middle": {
			file: "b.log.gz", content: corrupt(whole),
			level: zapcore.ErrorLevel, message: "is corrupt", outcome: ingest.OutcomeCorrupt, records: -1,
		},
		"a gzip file with a wrong checksum": {
			file: "b.log.gz", content: wrongSum,
			level: zapcore.ErrorLevel, message: "is corrupt", outcome: ingest.OutcomeCorrupt, records: 3000,
		},
		"an unsupported compression method": {
			file: "b.log.gz", content: "\x1f\x8b\x01" + strings.Repeat("nonsense\n", 20),
			level: zapcore.ErrorLevel, message: "is corrupt", outcome: ingest.OutcomeCorrupt,
		},
		"an empty file": {
			file:  "b.log",
			level: zapcore.InfoLevel, message: "is empty", outcome: ingest.OutcomeEmpty,
		},
		"a gzip file of an empty file": {
			file: "b.log.gz", content: gzipped(t, ""),
			level: zapcore.InfoLevel, message: "is empty", outcome: ingest.OutcomeEmpty,
		},
		"a file of blank lines": {
			file: "b.log", content: "\n \r\n\n",
			level: zapcore.InfoLevel, message: "is empty", outcome: ingest.OutcomeEmpty,
		},
		"a file with a header only": {
			file: "b.log", content: shortHeader,
			level: zapcore.InfoLevel, message: "has a header and no records", outcome: ingest.OutcomeHeaderOnly,
		},
		"a gzip file with a header only": {
			file: "b.log.gz", content: gzipped(t, shortHeader),
			level: zapcore.InfoLevel, message: "has a header and no records", outcome: ingest.OutcomeHeaderOnly,
		},
		"a binary file": {
			file: "b.log", content: binary.String(),
			level: zapcore.ErrorLevel, message: "is binary", outcome: ingest.OutcomeBinary,
		},
		"a binary file in a gzip file": {
			file: "b.log.gz", content: gzipped(t, binary.String()),
			level: zapcore.ErrorLevel, message: "is binary", outcome: ingest.OutcomeBinary,
		},
		"a gzip file in a gzip file": {
			file: "b.log.gz", content: gzipped(t, whole),
			level: zapcore.ErrorLevel, message: "is binary", outcome: ingest.OutcomeBinary,
		},
		"a file in another format": {
			file: "b.log", content: strings.TrimPrefix(shortLines(1, 50), shortHeader),
			level: zapcore.ErrorLevel, message: "has no line that can be decoded", outcome: ingest.OutcomeUndecodable,
			badLines: map[string]int64{"too_few_fields": 50},
		},
		"a header with 500 fields": {
			file: "b.log", content: strings.TrimSuffix(shortHeader, "\n") + strings.Repeat(" x", 494) + "\n" + strings.Repeat("x ", 500) + "\n",
			level: zapcore.ErrorLevel, message: "has no line that can be decoded", outcome: ingest.OutcomeUndecodable,
			badLines: map[string]int64{"bad_header": 1, "too_many_fields": 1},
			reason:   `bad_header: "a format has at most 256 fields, not 500"`,
		},
		"a header with a field twice": {
			file: "b.log.gz", content: gzipped(t, "dstport "+shortHeader+strings.Repeat("22 "+shortLines(1, 1), 9)),
			level: zapcore.ErrorLevel, message: "has no line that can be decoded", outcome: ingest.OutcomeUndecodable,
			badLines: map[string]int64{"bad_header": 1, "too_few_fields": 9},
			reason:   `bad_header: dstport is "in the format twice, as columns 1 and 3"`,
		},
		"a text that is not a flow log": {
			file: "b.log.gz", content: gzipped(t, "Dear all,\nthis text is not a flow log, and this sentence has more than fourteen words in one line.\n"),
			level: zapcore.ErrorLevel, message: "has no line that can be decoded", outcome: ingest.OutcomeUndecodable,
			badLines: map[string]int64{"too_few_fields": 1, "too_many_fields": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.write("a.log", lines(1, 3))
			r.write(test.file, test.content)
			r.write("c.log", lines(4, 6))
			r.start()
			logged := r.requireMessage(test.level, test.message, test.file)
			var bad []int
			if test.records < 0 {
				lines := strings.Count(gunzipped(test.content), "\n")
				require.Greater(t, lines, 100)
				bad = ports(1001, 1000+lines)
			} else {
				bad = ports(1001, 1000+test.records)
			}
			r.RequirePorts(append(append(ports(1, 3), bad...), ports(4, 6)...)...)
			if test.reason != "" {
				assert.Equal(t, test.reason, logged["reason"])
			}
			if logged["records"] != nil {
				assert.EqualValues(t, len(bad), logged["records"])
			}
			r.RequireCounter("files", map[string]int64{"read": 2, string(test.outcome): 1})
			r.RequireCounter("records", map[string]int64{"": int64(6 + len(bad))})
			if test.badLines == nil {
				test.badLines = map[string]int64{}
			}
			r.RequireCounter("bad_lines", test.badLines)
		})
	}
}

func TestABadLineDoesNotAffectOthers(t *testing.T) {
	r := newFixture(t)
	r.Config.MaxBatchSize = 2
	good := func(port int) string { return lines(port, port) }
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
	r.RequirePorts(1, 2, 3, 4, 10)
	r.RequireCounter("bad_lines", map[string]int64{
		"too_few_fields": 1, "too_many_fields": 1, "not_a_number": 1, "bad_address": 1, "bad_value": 1, "not_text": 1,
	})
	logged := r.requireMessage(zapcore.WarnLevel, "cannot be decoded and is skipped", "a.log")
	assert.EqualValues(t, 4, logged["line"])
	assert.Equal(t, "too_few_fields", logged["reason"])
	r.RequireCounter("files", map[string]int64{"read": 1})
}

func TestTheOutcomeOfAFileIsReportedAtItsEnd(t *testing.T) {
	r := newFixture(t)
	r.Config.MaxBatchSize = 1
	r.write("a.log", strings.Repeat("bad\n", 150)+lines(1, 1))
	r.start()
	r.RequirePorts(1)
	r.waitForPolls()
	r.RequireCounter("files", map[string]int64{"read": 1})
	r.RequireCounter("bad_lines", map[string]int64{"too_few_fields": 150})
}

func TestALineThatIsTooLongIsCountedOnce(t *testing.T) {
	for name, length := range map[string]int{
		"one byte too long": flow.MaxLine + 1,
		"much":              3 << 20,
	} {
		for _, file := range []string{"a.log", "a.log.gz"} {
			t.Run(name+" in "+file, func(t *testing.T) {
				r := newFixture(t)
				text := lines(1, 3) + strings.Repeat("x", length) + "\n" + lines(4, 6) + strings.Repeat("y", length) + "\n"
				if file == "a.log.gz" {
					text = gzipped(t, text)
				}
				r.write(file, text)
				r.start()
				r.RequirePorts(1, 2, 3, 4, 5, 6)
				r.RequireCounter("bad_lines", map[string]int64{"too_long": 2})
				logged := r.requireMessage(zapcore.WarnLevel, "cannot be decoded and is skipped", file)
				assert.EqualValues(t, 4, logged["line"])
				assert.Contains(t, logged["value"], "xxx")
			})
		}
	}
}

func TestUnknownFieldsAreReportedOncePerFormat(t *testing.T) {
	r := newFixture(t)
	header := strings.TrimSuffix(shortHeader, "\n") + " new-field\n"
	line := func(port int) string { return strings.TrimSuffix(shortLines(port, port), "\n") + " x\n" }
	r.write("a.log", header+line(1))
	r.write("b.log", header+line(2)+shortHeader+shortLines(3, 3)+header+line(4))
	r.start()
	r.RequirePortsInAnyOrder(1, 2, 3, 4)
	logged := r.requireMessage(zapcore.InfoLevel, "unknown fields", "a.log")
	assert.Equal(t, []any{"new-field"}, logged["fields"])
	assert.Len(t, r.Logs.FilterMessageSnippet("unknown fields").All(), 1)
}

func TestOpeningAFileIsRetried(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 10))
	r.build()
	require.NoError(t, r.source.open(t.Context(), nil))
	info, err := os.Stat(r.path("a.log"))
	require.NoError(t, err)
	// The file is replaced by a folder before it is opened.
	r.remove("a.log")
	require.NoError(t, os.Mkdir(r.path("a.log"), 0o700))
	r.source.workers[0].read(t.Context(), match{path: r.path("a.log"), info: info, id: identify(r.path("a.log"), info)})
	logged := r.Logs.FilterMessage("fail to open file; will be retried").All()
	require.Len(t, logged, 1)
	assert.Contains(t, logged[0].ContextMap()["error"], "is not a regular file")
	require.NoError(t, os.Remove(r.path("a.log")))
	r.write("a.log", lines(1, 10))
	r.run()
	r.RequirePorts(ports(1, 10)...)
}

func TestNoMatchIsLoggedOnce(t *testing.T) {
	r := newFixture(t)
	r.start()
	require.Eventually(t, func() bool { return r.Logs.FilterMessageSnippet("no file matches").Len() == 1 }, timeout, tick)
}

func TestABadLineAtTheBeginningCostsOnlyItself(t *testing.T) {
	for name, compress := range map[string]func(string) string{
		"a.log": func(text string) string { return text }, "a.log.gz": func(text string) string { return gzipped(t, text) },
	} {
		for _, length := range []int{600, 2000, flow.MaxLine - 1} {
			t.Run(fmt.Sprint(length, " bytes in ", name), func(t *testing.T) {
				r := newFixture(t)
				r.write(name, compress(strings.Repeat("\xff", length)+"\n"+lines(1, 20)))
				r.start()
				r.RequirePorts(ports(1, 20)...)
				r.RequireCounter("bad_lines", map[string]int64{"not_text": 1})
			})
		}
	}
}

func TestLinesAfterBadBytesAreRead(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", strings.Repeat("\xff", 100)+"\n")
	r.start()
	r.requireMessage(zapcore.ErrorLevel, "file is binary", "a.log")
	r.append("a.log", lines(1, 20))
	r.RequirePorts(ports(1, 20)...)
}

func TestABadByteAtTheBeginningCostsOnlyItsLine(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", "\xff"+lines(1, 1))
	r.start()
	r.waitForPolls()
	r.append("a.log", lines(2, 50))
	r.RequirePorts(ports(2, 50)...)
	r.RequireCounter("bad_lines", map[string]int64{"not_text": 1})
}
