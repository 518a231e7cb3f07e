// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
)

// BenchmarkFileToAlerts measures the receiver and the processor together, from a gzip file to alerts, for traffic of an
// office and for Internet traffic. It is for profiles, such as default.pgo: make bench-file measures the built collector.
func BenchmarkFileToAlerts(b *testing.B) {
	const records = 500_000
	office, err := flowgen.Corpus(2, 1, records)
	require.NoError(b, err)
	spread := flowgen.DefaultSpread()
	spread.Records = records
	for _, traffic := range []struct {
		name  string
		write func(io.Writer)
	}{
		{"office", func(w io.Writer) {
			for line := range office {
				_, err := io.WriteString(w, line+"\n")
				require.NoError(b, err)
			}
		}},
		{"spread", func(w io.Writer) {
			_, err := io.WriteString(w, flowgen.Header(2)+"\n")
			require.NoError(b, err)
			for line := range spread.Lines() {
				_, err := w.Write(append(line, '\n'))
				require.NoError(b, err)
			}
		}},
	} {
		path := filepath.Join(b.TempDir(), traffic.name+".log.gz")
		writeFile(b, path, traffic.write)
		for _, emit := range emitModes {
			b.Run(traffic.name+"/"+emit, func(b *testing.B) {
				for b.Loop() {
					toAlerts(b, path, emit, records)
				}
				b.ReportMetric(float64(b.N)*records/b.Elapsed().Seconds(), "records/s")
			})
		}
	}
}

func writeFile(b *testing.B, path string, write func(io.Writer)) {
	b.Helper()
	file, err := os.Create(path)
	require.NoError(b, err)
	zip := gzip.NewWriter(file)
	write(zip)
	require.NoError(b, zip.Close())
	require.NoError(b, file.Close())
}

func toAlerts(b *testing.B, path, emit string, records int64) {
	b.Helper()
	detection := startDetection(b, nil, consumertest.NewNop())
	receive(b, path, emit, records, detection)
	require.NoError(b, detection.Shutdown(b.Context()))
}
