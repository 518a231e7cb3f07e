// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"
)

// parquetRow has some of the columns that AWS writes.
type parquetRow struct {
	Version   int32  `parquet:"version,optional"`
	AccountID string `parquet:"account_id,optional"`
	Srcaddr   string `parquet:"srcaddr,optional"`
	Dstaddr   string `parquet:"dstaddr,optional"`
	Srcport   int32  `parquet:"srcport,optional"`
	End       int64  `parquet:"end,optional"`
	LogStatus string `parquet:"log_status,optional"`
}

// parquetRows are rows with the source ports from first to last, in row groups of 100.
func parquetRows(t testing.TB, first, last int) string {
	t.Helper()
	var rows []parquetRow
	for port := first; port <= last; port++ {
		rows = append(rows, parquetRow{5, "123456789010", "172.31.16.139", "172.31.16.21", int32(port), 1418530070, "OK"})
	}
	return parquetFile(t, rows)
}

func parquetFile[T any](t testing.TB, rows []T) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, parquet.Write(&out, rows, parquet.MaxRowsPerRowGroup(100), parquet.Compression(&parquet.Gzip)))
	return out.String()
}

func TestParquetFilesAreReadAmongOthers(t *testing.T) {
	r := newRig(t)
	r.cfg.Files.Get().IncludeFileName = true
	r.write("a.log", v2(1, 3))
	r.write("b.log.parquet", parquetRows(t, 4, 400))
	r.write("c.log", parquetRows(t, 401, 403))
	r.write("d.log.gz", zip(t, v2(404, 406)))
	r.start()
	r.ports(upTo(1, 406)...)
	r.counted("files", map[string]int64{"read": 4})
	r.counted("records", map[string]int64{"": 406})
	r.says(zapcore.DebugLevel, "is read to its end", "b.log.parquet")

	resource := r.sink.AllLogs()[1].ResourceLogs().At(0)
	assert.Equal(t, map[string]any{
		"cloud.provider": "aws", "cloud.account.id": "123456789010", "log.file.name": "b.log.parquet",
	}, resource.Resource().Attributes().AsRaw())
	scope := resource.ScopeLogs().At(0).Scope()
	assert.Equal(t, scopeName, scope.Name())
	assert.Equal(t, map[string]any{"vpc_flow.format": "version account-id srcaddr dstaddr srcport end log-status"}, scope.Attributes().AsRaw())
}

func TestAfterARestartAParquetFileIsReadOnBehindWhatWasAccepted(t *testing.T) {
	for _, batches := range []int64{0, 1, 5, 24} {
		t.Run(fmt.Sprintf("after %d batches", batches), func(t *testing.T) {
			r := newRig(t)
			r.keepPositions()
			r.cfg.MaxBatchSize = 50
			r.write("a.log.parquet", parquetRows(t, 1, 1225))
			r.stopAfter(t, batches)
			require.Len(t, sourcePorts(r.sink.AllLogs()), int(batches)*50)

			r.start()
			r.ports(upTo(1, 1225)...)
			r.counted("files", map[string]int64{"read": 1})
			r.stop()

			r.start()
			r.polled()
			r.ports(upTo(1, 1225)...)
			r.counted("files", map[string]int64{"read": 1})
		})
	}
}

func TestAParquetFileIsKnownAgainWhateverItIsCalled(t *testing.T) {
	r := newRig(t)
	r.keepPositions()
	content := parquetRows(t, 1, 50)
	r.write("a.log.parquet", content)
	r.start()
	r.ports(upTo(1, 50)...)
	r.stop()
	require.NoError(t, os.Remove(r.path("a.log.parquet")))
	r.write("b.log", content)
	r.write("c.log.parquet", parquetRows(t, 51, 60))
	r.start()
	r.ports(upTo(1, 60)...)
}

func TestAParquetFileIsReadWhenItIsComplete(t *testing.T) {
	for name, restart := range map[string]bool{"at once": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPositions()
			content := parquetRows(t, 1, 2000)
			half := len(content) / 2
			r.write("a.log.parquet", content[:half])
			r.write("b.log", v2(3001, 3003))
			r.start()
			r.ports(3001, 3002, 3003)
			r.says(zapcore.InfoLevel, "is not complete", "a.log.parquet")
			r.counted("files", map[string]int64{"read": 1, "incomplete": 1})
			if restart {
				r.stop()
				r.start()
				r.polled()
			}
			r.append("a.log.parquet", content[half:half+half/2])
			r.polled()
			r.append("a.log.parquet", content[half+half/2:])
			r.ports(append([]int{3001, 3002, 3003}, upTo(1, 2000)...)...)
			r.says(zapcore.DebugLevel, "is read to its end", "a.log.parquet")
		})
	}
}

func TestABadParquetFileIsReportedAndTheOthersAreRead(t *testing.T) {
	whole := parquetRows(t, 1001, 1400)
	footer := bytes.Clone([]byte(whole))
	copy(footer[len(footer)-100:], bytes.Repeat([]byte{0xff}, 80))
	type price struct{ Name, Price string }
	for name, test := range map[string]struct {
		content  string
		level    zapcore.Level
		message  string
		reason   string
		outcome  outcome
		bad      []int
		badLines map[string]int64
	}{
		"a file of something else": {
			content: strings.Repeat("nonsense\n", 20),
			level:   zapcore.ErrorLevel, message: "is corrupt", reason: "not a Parquet file", outcome: outcomeCorrupt,
		},
		"a file with a corrupt footer": {
			content: string(footer),
			level:   zapcore.ErrorLevel, message: "is corrupt", reason: "footer of the Parquet file is corrupt", outcome: outcomeCorrupt,
		},
		"a file with a corrupt page": {
			content: corruptRowGroup(t, whole),
			level:   zapcore.ErrorLevel, message: "is corrupt", reason: "column srcport of the Parquet file is corrupt", outcome: outcomeCorrupt,
			bad: upTo(1001, 1200),
		},
		"a file of other columns": {
			content: parquetFile(t, []price{{"tea", "2.50"}}),
			level:   zapcore.ErrorLevel, message: "has no line that can be decoded", reason: `such as "Name", "Price"`, outcome: outcomeUndecodable,
		},
		"a file without rows": {
			content: parquetFile(t, []parquetRow{}),
			level:   zapcore.InfoLevel, message: "has a header and no records", outcome: outcomeHeaderOnly,
		},
		"a file of bad rows": {
			content: parquetFile(t, []parquetRow{{Srcport: 70000}, {Srcaddr: "here"}}),
			level:   zapcore.ErrorLevel, message: "has no line that can be decoded", reason: `bad_value: srcport is "70000"`, outcome: outcomeUndecodable,
			badLines: map[string]int64{"bad_value": 1, "bad_address": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.cfg.MaxBatchSize = 100
			r.write("a.log", v2(1, 3))
			r.write("b.log.parquet", test.content)
			r.write("c.log", v2(4, 6))
			r.start()
			told := r.says(test.level, test.message, "b.log.parquet")
			r.ports(append(append(upTo(1, 3), test.bad...), upTo(4, 6)...)...)
			reason, _ := told["reason"].(string)
			assert.Contains(t, reason, test.reason)
			r.counted("files", map[string]int64{"read": 2, string(test.outcome): 1})
			if test.badLines == nil {
				test.badLines = map[string]int64{}
			}
			r.counted("bad_lines", test.badLines)
		})
	}
}

// corruptRowGroup spoils a column in the third row group.
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
	r := newRig(t)
	r.cfg.MaxBatchSize = 10
	rows := []parquetRow{}
	for port := range 30 {
		rows = append(rows, parquetRow{Srcport: int32(port + 1)})
	}
	rows[24].Srcport = -5
	r.write("a.log.parquet", parquetFile(t, rows))
	r.start()
	r.ports(append(upTo(1, 24), upTo(26, 30)...)...)
	told := r.says(zapcore.WarnLevel, "cannot be decoded and is passed over", "a.log.parquet")
	assert.EqualValues(t, 25, told["line"])
	assert.Equal(t, "srcport", told["field"])
	assert.Equal(t, "-5", told["value"])
	r.counted("bad_lines", map[string]int64{"not_a_number": 1})
}

func TestParquetFilesThatBeginAlikeNeedALargerFingerprint(t *testing.T) {
	type row struct {
		Note    string `parquet:"note"`
		Srcport int32  `parquet:"srcport"`
	}
	file := func(port int) string { return parquetFile(t, []row{{alike(), int32(port)}}) }
	require.Equal(t, file(1)[:1000], file(2)[:1000])
	require.Less(t, len(file(1)), 16<<10)
	r := newRig(t)
	r.cfg.Files.Get().FingerprintSize = 16 << 10
	r.write("a.log.parquet", file(1))
	r.write("b.log.parquet", file(2))
	r.start()
	r.ports(1, 2)
}

// alike is a text that no codec makes much shorter.
func alike() string {
	random := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, 500)
	for i := range text {
		text[i] = byte('!' + random.IntN(90))
	}
	return string(text)
}
