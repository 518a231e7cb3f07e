// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// BenchmarkParquet measures reading a file and making its log records, without compression and with gzip.
func BenchmarkParquet(b *testing.B) {
	const rows = 50 * flowtest.BlockRecords
	for _, s := range flowtest.Examples(b) {
		lines := strings.Split(strings.TrimSpace(string(s.Block())), "\n")
		for _, codec := range codecs[:2] {
			b.Run(s.Name+"/"+codec.String(), func(b *testing.B) {
				var out bytes.Buffer
				w := newSampleWriter(b, &out, awsColumns(s.Format), codec)
				for i := range rows {
					w.write(lines[i%len(lines)])
				}
				w.close()
				b.ReportAllocs()
				for b.Loop() {
					p, err := openBytes(out.Bytes())
					require.NoError(b, err)
					for err = p.Read(flowtest.BlockRecords); err == nil; err = p.Read(flowtest.BlockRecords) {
						decodeRows(p)
					}
					require.ErrorIs(b, err, io.EOF)
				}
				flowtest.ReportPerRecord(b, rows)
			})
		}
	}
}

// TestHeapIsBounded reads a large file and measures the heap after each batch. The file has random records, pages of one
// MiB and row groups of 100,000 rows.
func TestHeapIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a file of 30 MiB")
	}
	path := filepath.Join(t.TempDir(), "large.parquet")
	size := writeLarge(t, path, 30<<20)
	peak, records := readLarge(t, path, size)
	t.Logf("%d MiB, %d records: heap at most %d MiB", size>>20, records, peak>>20)
	assert.Less(t, peak, uint64(80<<20))
}

// BenchmarkParquetHeap measures the heap while reading a file. Its size in MiB is in the environment variable
// FLOW_PARQUET_MIB.
func BenchmarkParquetHeap(b *testing.B) {
	mib, err := strconv.ParseInt(os.Getenv("FLOW_PARQUET_MIB"), 10, 64)
	if err != nil {
		b.Skip("FLOW_PARQUET_MIB is not set to the size of the file")
	}
	path := filepath.Join(b.TempDir(), "large.parquet")
	size := writeLarge(b, path, mib<<20)
	for b.Loop() {
		peak, records := readLarge(b, path, size)
		b.ReportMetric(float64(peak>>20), "MiB-heap")
		b.ReportMetric(float64(size>>20), "MiB-file")
		b.ReportMetric(float64(records), "records")
	}
}

// writeLarge writes a file of at least the given size, and returns its size.
func writeLarge(tb testing.TB, path string, least int64) int64 {
	tb.Helper()
	out, err := os.Create(path)
	require.NoError(tb, err)
	defer out.Close()
	format := flowtest.Format(tb, flowtest.FormatV5)
	columns := awsColumns(format)
	for i := range columns {
		if columns[i].name == "traffic_path" {
			columns[i].columnType = typeString // Its random values are not numbers.
		}
	}
	w := newSampleWriter(tb, out, columns, &parquet.Uncompressed, parquet.PageBufferSize(1<<20))
	random := rand.New(rand.NewPCG(9, 10))
	size := int64(0)
	for size < least {
		for range 100_000 {
			w.write(flowtest.RandomLine(random, format, false))
		}
		require.NoError(tb, w.writer.Flush())
		info, err := out.Stat()
		require.NoError(tb, err)
		size = info.Size()
	}
	w.close()
	info, err := out.Stat()
	require.NoError(tb, err)
	return info.Size()
}

// readLarge reads a file. It returns the largest growth of the heap after any batch, and the number of records.
func readLarge(tb testing.TB, path string, size int64) (peak uint64, records int) {
	tb.Helper()
	in, err := os.Open(path)
	require.NoError(tb, err)
	defer in.Close()
	debug.FreeOSMemory()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := Open(in, size)
	require.NoError(tb, err)
	var logs plog.Logs
	for {
		if err := p.Read(flowtest.BlockRecords); errors.Is(err, io.EOF) {
			runtime.KeepAlive(logs)
			return peak, records
		}
		require.NoError(tb, err)
		var counts flow.Counts
		logs, counts = decodeRows(p)
		records += counts.Records
		runtime.ReadMemStats(&now)
		peak = max(peak, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
	}
}
