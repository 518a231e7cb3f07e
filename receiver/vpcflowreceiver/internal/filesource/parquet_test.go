// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestParquetAndTextFilesAreRead(t *testing.T) {
	r := newFixture(t)
	r.files.IncludeFileName = true
	r.write("a.log", lines(1, 3))
	r.write("b.log.parquet", ingesttest.ParquetRows(t, 4, 400))
	r.write("c.log", ingesttest.ParquetRows(t, 401, 403))
	r.write("d.log.gz", gzipped(t, lines(404, 406)))
	r.start()
	r.RequirePorts(ports(1, 406)...)
	r.RequireCounter("files", map[string]int64{"read": 4})
	r.RequireCounter("records", map[string]int64{"": 406})
	r.requireMessage(zapcore.DebugLevel, "was read to its end", "b.log.parquet")

	resource := r.Sink.AllLogs()[1].ResourceLogs().At(0)
	assert.Equal(t, map[string]any{
		"cloud.provider": "aws", "cloud.account.id": "123456789010", "log.file.name": "b.log.parquet",
	}, resource.Resource().Attributes().AsRaw())
	scope := resource.ScopeLogs().At(0).Scope()
	assert.Equal(t, ingest.ScopeName, scope.Name())
	assert.Equal(t, map[string]any{"vpc_flow.format": "version account-id srcaddr dstaddr srcport end log-status"}, scope.Attributes().AsRaw())
}

func TestReadingAParquetFileContinuesAfterARestart(t *testing.T) {
	for _, batches := range []int64{0, 1, 5, 24} {
		t.Run(fmt.Sprintf("after %d batches", batches), func(t *testing.T) {
			r := newFixture(t)
			r.keepCheckpoints()
			r.Config.MaxBatchSize = 50
			r.write("a.log.parquet", ingesttest.ParquetRows(t, 1, 1225))
			r.stopAfter(t, batches)
			require.Len(t, ingesttest.SourcePorts(r.Sink.AllLogs()), int(batches)*50)

			r.start()
			r.RequirePorts(ports(1, 1225)...)
			r.RequireCounter("files", map[string]int64{"read": 1})
			r.stop()

			r.start()
			r.waitForPolls()
			r.RequirePorts(ports(1, 1225)...)
			r.RequireCounter("files", map[string]int64{"read": 1})
		})
	}
}

func TestAParquetFileIsRecognizedUnderAnotherName(t *testing.T) {
	r := newFixture(t)
	r.keepCheckpoints()
	content := ingesttest.ParquetRows(t, 1, 50)
	r.write("a.log.parquet", content)
	r.start()
	r.RequirePorts(ports(1, 50)...)
	r.stop()
	r.remove("a.log.parquet")
	r.write("b.log", content)
	r.write("c.log.parquet", ingesttest.ParquetRows(t, 51, 60))
	r.start()
	r.RequirePorts(ports(1, 60)...)
}

func TestAParquetFileIsReadWhenItIsComplete(t *testing.T) {
	for name, restart := range map[string]bool{"at once": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.keepCheckpoints()
			content := ingesttest.ParquetRows(t, 1, 2000)
			half := len(content) / 2
			r.write("a.log.parquet", content[:half])
			r.write("b.log", lines(3001, 3003))
			r.start()
			r.RequirePorts(3001, 3002, 3003)
			r.requireMessage(zapcore.InfoLevel, "is incomplete", "a.log.parquet")
			r.RequireCounter("files", map[string]int64{"read": 1, "incomplete": 1})
			if restart {
				r.stop()
				r.start()
				r.waitForPolls()
			}
			r.append("a.log.parquet", content[half:half+half/2])
			r.waitForPolls()
			r.append("a.log.parquet", content[half+half/2:])
			r.RequirePorts(append([]int{3001, 3002, 3003}, ports(1, 2000)...)...)
			r.requireMessage(zapcore.DebugLevel, "was read to its end", "a.log.parquet")
		})
	}
}

func TestABadParquetFileIsReportedAndTheOthersAreRead(t *testing.T) {
	whole := ingesttest.ParquetRows(t, 1001, 1400)
	footer := bytes.Clone([]byte(whole))
	copy(footer[len(footer)-100:], bytes.Repeat([]byte{0xff}, 80))
	type price struct{ Name, Price string }
	for name, test := range map[string]struct {
		content  string
		level    zapcore.Level
		message  string
		reason   string
		outcome  ingest.Outcome
		bad      []int
		badLines map[string]int64
	}{
		"a text file named .parquet": {
			content: strings.Repeat("nonsense\n", 20),
			level:   zapcore.ErrorLevel, message: "is corrupt", reason: "not a Parquet file", outcome: ingest.OutcomeCorrupt,
		},
		"a file with a corrupt footer": {
			content: string(footer),
			level:   zapcore.ErrorLevel, message: "is corrupt", reason: "decode Parquet footer", outcome: ingest.OutcomeCorrupt,
		},
		"a file with a corrupt page": {
			content: corruptRowGroup(t, whole),
			level:   zapcore.ErrorLevel, message: "is corrupt", reason: "decode Parquet column srcport", outcome: ingest.OutcomeCorrupt,
			bad: ports(1001, 1200),
		},
		"a file of other columns": {
			content: ingesttest.Parquet(t, []price{{"tea", "2.50"}}),
			level:   zapcore.ErrorLevel, message: "has no line that can be decoded", reason: `such as "Name", "Price"`, outcome: ingest.OutcomeUndecodable,
		},
		"a file without rows": {
			content: ingesttest.Parquet(t, []ingesttest.ParquetRow{}),
			level:   zapcore.InfoLevel, message: "has a header and no records", outcome: ingest.OutcomeHeaderOnly,
		},
		"a file of bad rows": {
			content: ingesttest.Parquet(t, []ingesttest.ParquetRow{{Srcport: 70000}, {Srcaddr: "here"}}),
			level:   zapcore.ErrorLevel, message: "has no line that can be decoded", reason: `bad_value: srcport is "70000"`, outcome: ingest.OutcomeUndecodable,
			badLines: map[string]int64{"bad_value": 1, "bad_address": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.Config.MaxBatchSize = 100
			r.write("a.log", lines(1, 3))
			r.write("b.log.parquet", test.content)
			r.write("c.log", lines(4, 6))
			r.start()
			logged := r.requireMessage(test.level, test.message, "b.log.parquet")
			r.RequirePorts(append(append(ports(1, 3), test.bad...), ports(4, 6)...)...)
			reason, _ := logged["reason"].(string)
			assert.Contains(t, reason, test.reason)
			r.RequireCounter("files", map[string]int64{"read": 2, string(test.outcome): 1})
			if test.badLines == nil {
				test.badLines = map[string]int64{}
			}
			r.RequireCounter("bad_lines", test.badLines)
		})
	}
}

// corruptRowGroup corrupts a column in the third row group.
func corruptRowGroup(t *testing.T, content string) string {
	t.Helper()
	data := []byte(content)
	file, err := parquet.OpenFile(strings.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	chunk := file.Metadata().RowGroups[2].Columns[4].MetaData
	for i := range chunk.TotalCompressedSize {
		data[chunk.DataPageOffset+i] = 0xff
	}
	return string(data)
}

func TestABadRowIsReportedByItsNumber(t *testing.T) {
	r := newFixture(t)
	r.Config.MaxBatchSize = 10
	rows := []ingesttest.ParquetRow{}
	for port := range 30 {
		rows = append(rows, ingesttest.ParquetRow{Srcport: int32(port + 1)})
	}
	rows[24].Srcport = -5
	r.write("a.log.parquet", ingesttest.Parquet(t, rows))
	r.start()
	r.RequirePorts(append(ports(1, 24), ports(26, 30)...)...)
	logged := r.requireMessage(zapcore.WarnLevel, "cannot be decoded and is skipped", "a.log.parquet")
	assert.EqualValues(t, 25, logged["line"])
	assert.Equal(t, "srcport", logged["field"])
	assert.Equal(t, "-5", logged["value"])
	r.RequireCounter("bad_lines", map[string]int64{"not_a_number": 1})
}

func TestParquetFilesWithTheSameBeginningAreAllRead(t *testing.T) {
	type row struct {
		Note    string `parquet:"note"`
		Srcport int32  `parquet:"srcport"`
	}
	file := func(port int) string { return ingesttest.Parquet(t, []row{{incompressible(), int32(port)}}) }
	require.Equal(t, file(1)[:1000], file(2)[:1000])
	r := newFixture(t)
	r.write("a.log.parquet", file(1))
	r.write("b.log.parquet", file(2))
	r.start()
	r.RequirePorts(1, 2)
}

// incompressible returns a text that no codec compresses well. All calls return the same text.
func incompressible() string {
	random := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, 500)
	for i := range text {
		text[i] = byte('!' + random.IntN(90))
	}
	return string(text)
}
