// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestCountersStartAtZero(t *testing.T) {
	r := newFixture(t)
	r.build()
	assert.Empty(t, r.Zeros())
	require.NoError(t, r.run())
	assert.Equal(t, []string{"firehose.requests accepted"}, r.Zeros())
}

func TestReadmeListsMetricsAndOutcomes(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	readme := string(text)

	h := ingesttest.NewHarness(t)
	counters, err := newTelemetry(h.Telemetry.NewTelemetrySettings().MeterProvider)
	require.NoError(t, err)
	ctx := t.Context()
	for o := range statusCodes {
		counters.countRequest(ctx, o)
		assert.Contains(t, readme, "`"+string(o)+"`")
	}
	counters.records.Add(ctx, 1)
	counters.bytes.Add(ctx, 1)
	counters.evicted.Add(ctx, 1)
	var all metricdata.ResourceMetrics
	require.NoError(t, h.Telemetry.Reader.Collect(ctx, &all))
	require.Len(t, all.ScopeMetrics[0].Metrics, 4)
	for _, metric := range all.ScopeMetrics[0].Metrics {
		assert.Contains(t, readme, "`"+metric.Name+"`")
		assert.NotEmpty(t, metric.Description)
		assert.NotEmpty(t, metric.Unit)
	}
}
