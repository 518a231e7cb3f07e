// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"
)

// counted passes records on and tells when all have passed.
type counted struct {
	consumer.Logs
	left atomic.Int64
	done chan struct{}
}

func (c *counted) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	n := int64(logs.LogRecordCount())
	if err := c.Logs.ConsumeLogs(ctx, logs); err != nil {
		return err
	}
	if c.left.Add(-n) == 0 {
		close(c.done)
	}
	return nil
}

// BenchmarkFileToAlerts measures receiver and processor together, from a gzip file to alerts; for profiles, mostly.
// `make bench-file` measures the built collector.
func BenchmarkFileToAlerts(b *testing.B) {
	const records = 500_000
	path := filepath.Join(b.TempDir(), "flows.log.gz")
	writeFile(b, path, records)
	for _, emit := range emits {
		b.Run(emit, func(b *testing.B) {
			for b.Loop() {
				toAlerts(b, path, emit, records)
			}
			b.ReportMetric(float64(b.N)*records/b.Elapsed().Seconds(), "records/s")
		})
	}
}

var emits = []string{"attributes", "lines"}

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
	detection := vpcdetectionprocessor.NewFactory()
	processor, err := detection.CreateLogs(b.Context(), processortest.NewNopSettings(detection.Type()),
		detection.CreateDefaultConfig(), consumertest.NewNop())
	require.NoError(b, err)
	require.NoError(b, processor.Start(b.Context(), componenttest.NewNopHost()))
	receive(b, path, emit, records, processor)
	require.NoError(b, processor.Shutdown(b.Context()))
}

// receive has the receiver read the file until the next consumer has taken all records.
func receive(b *testing.B, path, emit string, records int64, next consumer.Logs) {
	b.Helper()
	factory := vpcflowreceiver.NewFactory()
	cfg := factory.CreateDefaultConfig()
	require.NoError(b, confmap.NewFromStringMap(map[string]any{
		"files": map[string]any{"include": []any{path}, "poll_interval": "1ms"}, "emit": emit,
	}).Unmarshal(cfg))
	all := &counted{Logs: next, done: make(chan struct{})}
	all.left.Store(records)
	receiver, err := factory.CreateLogs(b.Context(), receivertest.NewNopSettings(factory.Type()), cfg, all)
	require.NoError(b, err)
	require.NoError(b, receiver.Start(b.Context(), componenttest.NewNopHost()))
	<-all.done
	require.NoError(b, receiver.Shutdown(b.Context()))
}
