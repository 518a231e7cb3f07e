// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
)

// BenchmarkProcessor shows batches of a thousand records to a processor, three hours of them again and again. What comes
// again would be late by default, and that is cheap: so nothing is.
func BenchmarkProcessor(b *testing.B) {
	lines := strings.SplitAfter(market(50), "\n")
	const size = 1000
	for name, batchOf := range map[string]func(lines []string) plog.Logs{
		"records": func(lines []string) plog.Logs { return decoded(lines...) },
		"lines":   func(lines []string) plog.Logs { return inBodies(lines...) },
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
