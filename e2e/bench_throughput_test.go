// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
)

// BenchmarkFileToAlerts measures the receiver and the processor together, from a gzip file to alerts. It is for profiles:
// make bench-file measures the built collector.
func BenchmarkFileToAlerts(b *testing.B) {
	const records = 500_000
	path := filepath.Join(b.TempDir(), "flows.log.gz")
	writeFile(b, path, records)
	for _, emit := range emitModes {
		b.Run(emit, func(b *testing.B) {
			for b.Loop() {
				toAlerts(b, path, emit, records)
			}
			b.ReportMetric(float64(b.N)*records/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func writeFile(b *testing.B, path string, records int) {
	b.Helper()
	file, err := os.Create(path)
	require.NoError(b, err)
	zip := gzip.NewWriter(file)
	lines, err := flowgen.Corpus(2, 1, records)
	require.NoError(b, err)
	for line := range lines {
		_, err := zip.Write([]byte(line + "\n"))
		require.NoError(b, err)
	}
	require.NoError(b, zip.Close())
	require.NoError(b, file.Close())
}

func toAlerts(b *testing.B, path, emit string, records int64) {
	b.Helper()
	detection := startDetection(b, nil, consumertest.NewNop())
	receive(b, path, emit, records, detection)
	require.NoError(b, detection.Shutdown(b.Context()))
}
