// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

const benchRecords = 200_000

// BenchmarkRead reads compressed records of version 2 into a consumer that does nothing. Run it with -cpu 1,2.
func BenchmarkRead(b *testing.B) {
	text := ingesttest.RandomLog(benchRecords)
	compressed := ingesttest.Gzip(b, text)
	for name, emit := range map[string]otlp.Emit{"attributes": otlp.EmitAttributes, "lines": otlp.EmitLines, "blocks": otlp.EmitBlocks} {
		b.Run(name, func(b *testing.B) {
			records := 0
			next := ingesttest.Consumer(b, func(_ context.Context, logs plog.Logs) error {
				for range otlp.All(logs) {
					records++
				}
				return nil
			})
			config := ingest.Config{Format: flow.Default, MaxBatchSize: 1000, Emit: emit}
			in, err := ingest.New(receivertest.NewNopSettings(component.MustNewType("vpc_flow")), config, next)
			require.NoError(b, err)
			reader := ingest.NewReader(in)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				input := &ingest.Input{Checkpoint: new(ingest.Checkpoint)}
				require.NoError(b, reader.ReadStream(b.Context(), input, strings.NewReader(compressed)))
			}
			require.Equal(b, b.N*benchRecords, records)
			b.ReportMetric(float64(benchRecords)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
