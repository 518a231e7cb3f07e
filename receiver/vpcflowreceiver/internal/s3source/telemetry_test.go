// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestCountersStartAtZero(t *testing.T) {
	anonymousAWS(t)
	for name, test := range map[string]struct {
		configure func(c *Config)
		want      []string
	}{
		"polling": {func(c *Config) { c.Bucket, c.Follow = "b", true }, []string{"s3.objects read"}},
		"queue":   {func(c *Config) { c.SQSQueueURL = "http://127.0.0.1/q" }, []string{"s3.objects read", "s3.messages deleted"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.config.Region, r.config.Endpoint = "eu-west-1", "http://127.0.0.1:1"
			test.configure(r.config)
			r.build()
			assert.Empty(t, r.Zeros())
			r.source.telemetry.initCounters(t.Context(), r.config.SQSQueueURL != "")
			assert.ElementsMatch(t, test.want, r.Zeros())
		})
	}
}

func TestReadmeListsMetricsAndLabels(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	readme := string(text)

	h := ingesttest.NewHarness(t)
	counters, err := newTelemetry(h.Telemetry.NewTelemetrySettings().MeterProvider)
	require.NoError(t, err)
	ctx := t.Context()
	for _, o := range []ingest.Outcome{outcomeKnown, outcomeMissing, outcomeDenied, outcomeChanged, outcomeUnreadable} {
		counters.countObject(ctx, o)
		assert.Contains(t, readme, "`"+string(o)+"`")
	}
	for _, o := range []messageOutcome{messageDeleted, messageNotWanted, messageLeft, messageUnreadable} {
		counters.countMessage(ctx, o)
		assert.Contains(t, readme, "`"+string(o)+"`")
	}
	for _, reason := range []skipReason{skipNotFlowLog, skipBadTime, skipOtherDay, skipGivenUp} {
		counters.countSkipped(ctx, reason)
		assert.Contains(t, readme, "`"+string(reason)+"`")
	}
	counters.countQueueError(ctx, "receive")
	counters.bytes.Add(ctx, 1)
	counters.resumed.Add(ctx, 1)
	counters.evicted.Add(ctx, 1)
	counters.delay.Record(ctx, 1)
	var all metricdata.ResourceMetrics
	require.NoError(t, h.Telemetry.Reader.Collect(ctx, &all))
	require.Len(t, all.ScopeMetrics[0].Metrics, 8)
	for _, metric := range all.ScopeMetrics[0].Metrics {
		assert.Contains(t, readme, "`"+metric.Name+"`")
		assert.NotEmpty(t, metric.Description)
		assert.NotEmpty(t, metric.Unit)
	}
}
