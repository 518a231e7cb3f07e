// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/receiver/receivertest"

	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"
)

// emitModes are the values of the receiver's setting emit.
var emitModes = []string{"attributes", "lines", "blocks"}

// counter is a consumer that passes records on. It closes done after the expected number of records and lines in blocks.
type counter struct {
	consumer.Logs
	remaining atomic.Int64
	done      chan struct{}
}

func (c *counter) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	var n int64
	for range flowotlp.All(logs) {
		n++
	}
	if err := c.Logs.ConsumeLogs(ctx, logs); err != nil {
		return err
	}
	if c.remaining.Add(-n) == 0 {
		close(c.done)
	}
	return nil
}

// startDetection starts the processor with the given settings. All others have their defaults.
func startDetection(tb testing.TB, given map[string]any, next consumer.Logs) processor.Logs {
	tb.Helper()
	factory := vpcdetectionprocessor.NewFactory()
	cfg := factory.CreateDefaultConfig()
	require.NoError(tb, confmap.NewFromStringMap(given).Unmarshal(cfg))
	detection, err := factory.CreateLogs(tb.Context(), processortest.NewNopSettings(factory.Type()), cfg, next)
	require.NoError(tb, err)
	require.NoError(tb, detection.Start(tb.Context(), componenttest.NewNopHost()))
	return detection
}

// receive runs the receiver on a file until the next consumer has accepted all records.
func receive(tb testing.TB, path, emit string, records int64, next consumer.Logs) {
	tb.Helper()
	factory := vpcflowreceiver.NewFactory()
	cfg := factory.CreateDefaultConfig()
	require.NoError(tb, confmap.NewFromStringMap(map[string]any{
		"files": map[string]any{"include": []any{path}, "poll_interval": "1ms"}, "emit": emit,
	}).Unmarshal(cfg))
	all := &counter{Logs: next, done: make(chan struct{})}
	all.remaining.Store(records)
	receiver, err := factory.CreateLogs(tb.Context(), receivertest.NewNopSettings(factory.Type()), cfg, all)
	require.NoError(tb, err)
	require.NoError(tb, receiver.Start(tb.Context(), componenttest.NewNopHost()))
	<-all.done
	require.NoError(tb, receiver.Shutdown(tb.Context()))
}
