// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
)

// BenchmarkProcessor processes batches of a thousand records, which repeat after three hours of event time. The lateness
// is raised so that repeated flows are not skipped as late, which would be cheap.
func BenchmarkProcessor(b *testing.B) {
	lines := strings.SplitAfter(mixedTraffic(50), "\n")
	const size = 1000
	for name, batchOf := range map[string]func(lines []string) plog.Logs{
		"records": func(lines []string) plog.Logs { return decoded(lines...) },
		"lines":   func(lines []string) plog.Logs { return inBodies(lines...) },
		"blocks":  func(lines []string) plog.Logs { return inBlock(lines...) },
	} {
		b.Run(name, func(b *testing.B) {
			var batches []plog.Logs
			for from := 0; from+size <= len(lines); from += size {
				batches = append(batches, batchOf(lines[from:from+size]))
			}
			d := start(b, configOf(b, "allowed_lateness: 4h"), consumertest.NewNop())
			var n int
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, d.ConsumeLogs(b.Context(), batches[n%len(batches)]))
				n++
			}
			b.ReportMetric(float64(n*size)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkFiveMillionPairs starts a processor with five million pairs in a file storage, and processes batches with ten
// new pairs each.
func BenchmarkFiveMillionPairs(b *testing.B) {
	const pairs, size = 5_000_000, 10_000
	h := newStorageHarness(b, b.TempDir(), "{rules: {new_internal_peer: {max_keys: 6000000}}}")
	d := h.start()
	pair := func(n int) string {
		return line(fmt.Sprintf("10.%d.%d.%d", n>>16&0xff, n>>8&0xff, n&0xff), 50000, fmt.Sprintf("172.16.%d.1", n>>24), 443, n/1000, "ACCEPT")
	}
	for from := 0; from < pairs; from += size {
		lines := make([]string, size)
		for n := range lines {
			lines[n] = pair((from + n) * 53)
		}
		h.see(d, lines...)
	}
	require.NoError(b, d.Shutdown(b.Context()))
	file, err := os.Stat(filepath.Join(h.dir, "processor_vpc_detection_"))
	require.NoError(b, err)
	b.Run("start", func(b *testing.B) {
		for b.Loop() {
			d := h.start()
			b.StopTimer()
			for _, rule := range d.engine.Stats().Rules {
				require.True(b, rule.Rule != "new_internal_peer" || rule.Tracked == pairs, rule.Tracked)
			}
			require.NoError(b, d.Shutdown(b.Context()))
			b.StartTimer()
		}
		b.ReportMetric(float64(file.Size())/(1<<20), "MiB-stored")
	})
	d = h.start()
	defer func() { require.NoError(b, d.Shutdown(context.Background())) }() //nolint:usetesting // the test's context is canceled by then
	b.Run("ten new pairs", func(b *testing.B) {
		n := pairs
		for b.Loop() {
			lines := make([]string, 10)
			for i := range lines {
				lines[i] = pair(n * 53)
				n++
			}
			h.see(d, lines...)
		}
	})
	b.Run("checkpoint after ten thousand known pairs", func(b *testing.B) {
		n := 0
		for b.Loop() {
			b.StopTimer()
			lines := make([]string, size)
			for i := range lines {
				lines[i] = pair(n % pairs * 53)
				n += 7
			}
			h.see(d, lines...)
			b.StartTimer()
			d.checkpoints.save(b.Context())
		}
	})
}
