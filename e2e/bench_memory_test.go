// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"context"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
)

var large = flag.Int("large", 64, "size in MiB of the file of BenchmarkLargeTextFile; the README states the result for 1024")

// heapWatch is a consumer that accepts everything and records the peak of the heap, including garbage.
type heapWatch struct {
	consumer.Logs
	batches int
	peak    uint64
}

func (h *heapWatch) ConsumeLogs(context.Context, plog.Logs) error {
	if h.batches++; h.batches%100 == 0 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		h.peak = max(h.peak, stats.HeapAlloc)
	}
	return nil
}

// BenchmarkLargeTextFile reads a large text file with the receiver and reports the peak of the heap.
func BenchmarkLargeTextFile(b *testing.B) {
	path := filepath.Join(b.TempDir(), "flows.log")
	records := writeText(b, path, *large<<20)
	runtime.GC()
	watch := &heapWatch{Logs: consumertest.NewNop()}
	b.SetBytes(int64(*large) << 20)
	for b.Loop() {
		receive(b, path, "attributes", records, watch)
	}
	b.ReportMetric(float64(watch.peak)/(1<<20), "peak-heap-MiB")
	require.Less(b, watch.peak, uint64(100<<20))
}

// writeText writes flow logs until the file is large enough. It returns the number of records.
func writeText(b *testing.B, path string, size int) (records int64) {
	b.Helper()
	file, err := os.Create(path)
	require.NoError(b, err)
	out := bufio.NewWriter(file)
	for written := 0; written < size; {
		lines, err := flowgen.Corpus(2, 1, 100_000)
		require.NoError(b, err)
		for line := range lines {
			n, err := out.WriteString(line + "\n")
			require.NoError(b, err)
			written += n
			if records++; written >= size {
				break
			}
		}
	}
	require.NoError(b, out.Flush())
	require.NoError(b, file.Close())
	return records
}
