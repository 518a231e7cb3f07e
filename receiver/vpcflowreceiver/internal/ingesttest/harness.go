// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingesttest

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

const (
	// Tick is the interval at which a test checks for a result.
	Tick = 2 * time.Millisecond
	// Timeout is how long a test waits for a result.
	Timeout = 20 * time.Second
)

// Harness makes Ingesters and records what they send, log and count.
type Harness struct {
	// Config is the configuration of the next Ingester.
	Config ingest.Config
	// Next is the consumer of the next Ingester; Sink by default.
	Next consumer.Logs
	// Sink contains the accepted records.
	Sink *consumertest.LogsSink
	// Logs contains the log messages of the last Ingester.
	Logs      *observer.ObservedLogs
	Telemetry *componenttest.Telemetry

	t testing.TB
}

// NewHarness returns a Harness with the default configuration of the receiver, except for short waits.
func NewHarness(t testing.TB) *Harness {
	retry := configretry.NewDefaultBackOffConfig()
	retry.InitialInterval, retry.MaxElapsedTime = Tick, 0
	h := &Harness{
		t: t, Sink: new(consumertest.LogsSink), Telemetry: componenttest.NewTelemetry(),
		Config: ingest.Config{Format: flow.Default, MaxBatchSize: 1000, Retry: retry},
	}
	h.Next = h.Sink
	t.Cleanup(func() { assert.NoError(t, h.Telemetry.Shutdown(context.WithoutCancel(t.Context()))) })
	return h
}

// NewIngester returns an Ingester with the current configuration.
func (h *Harness) NewIngester() *ingest.Ingester {
	h.t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	h.Logs = logs
	set := receivertest.NewNopSettings(component.MustNewType("vpc_flow"))
	set.ID = component.MustNewID("vpc_flow")
	set.TelemetrySettings = h.Telemetry.NewTelemetrySettings()
	set.Logger = zap.New(core)
	in, err := ingest.New(set, h.Config, h.Next)
	require.NoError(h.t, err)
	return in
}

// Refuse makes the next consumer return an error for each call, by its number, counted from 1. The sink accepts the records
// if the error is nil.
func (h *Harness) Refuse(answer func(call int, logs plog.Logs) error) *atomic.Int64 {
	var calls atomic.Int64
	h.Next = Consumer(h.t, func(ctx context.Context, logs plog.Logs) error {
		if err := answer(int(calls.Add(1)), logs); err != nil {
			return err
		}
		return h.Sink.ConsumeLogs(ctx, logs)
	})
	return &calls
}

// Consumer returns a consumer from a function.
func Consumer(t testing.TB, consume consumer.ConsumeLogsFunc) consumer.Logs {
	t.Helper()
	c, err := consumer.NewLogs(consume)
	require.NoError(t, err)
	return c
}

// RequirePorts waits for records with these source ports, in this order, once each.
func (h *Harness) RequirePorts(want ...int) {
	h.t.Helper()
	var got []int
	if !assert.Eventually(h.t, func() bool {
		got = SourcePorts(h.Sink.AllLogs())
		return len(got) >= len(want)
	}, Timeout, Tick) {
		for _, entry := range h.Logs.All() {
			h.t.Log(entry.Level, entry.Message, entry.ContextMap())
		}
	}
	require.Equal(h.t, want, got)
}

// RequirePortsInAnyOrder waits for records with these source ports, once each.
func (h *Harness) RequirePortsInAnyOrder(want ...int) {
	h.t.Helper()
	require.Eventually(h.t, func() bool { return h.Sink.LogRecordCount() >= len(want) }, Timeout, Tick)
	require.ElementsMatch(h.t, want, SourcePorts(h.Sink.AllLogs()))
}

// RequireCounter waits until a counter has these values, by the value of its label ("" for none). Zeros are ignored.
func (h *Harness) RequireCounter(name string, want map[string]int64) {
	h.t.Helper()
	var got map[string]int64
	assert.Eventually(h.t, func() bool {
		got = h.Counter(name)
		return assert.ObjectsAreEqual(want, got)
	}, Timeout, Tick)
	require.Equal(h.t, want, got)
}

// Counter returns the values of a counter that are not zero, by the value of its label ("" for none).
func (h *Harness) Counter(name string) map[string]int64 {
	values := map[string]int64{}
	metric, err := h.Telemetry.GetMetric("vpc_flow.receiver." + name)
	if err != nil {
		return values
	}
	for _, point := range metric.Data.(metricdata.Sum[int64]).DataPoints {
		label := ""
		for _, attribute := range point.Attributes.ToSlice() {
			label = attribute.Value.AsString()
		}
		if point.Value != 0 {
			values[label] += point.Value
		}
	}
	return values
}

// Zeros returns the counters of the receiver, with the value of their label. It fails if one of them is not 0.
func (h *Harness) Zeros() (names []string) {
	h.t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(h.t, h.Telemetry.Reader.Collect(h.t.Context(), &all))
	for _, scope := range all.ScopeMetrics {
		for _, metric := range scope.Metrics {
			sum, ok := metric.Data.(metricdata.Sum[int64])
			if !ok || scope.Scope.Name != ingest.ScopeName {
				continue
			}
			for _, point := range sum.DataPoints {
				assert.Zero(h.t, point.Value)
				words := []string{strings.TrimPrefix(metric.Name, "vpc_flow.receiver.")}
				for _, attribute := range point.Attributes.ToSlice() {
					words = append(words, attribute.Value.AsString())
				}
				names = append(names, strings.Join(words, " "))
			}
		}
	}
	return names
}
