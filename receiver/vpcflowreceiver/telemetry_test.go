// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// zeros are the counters of the receiver that stand at 0, with the value of their label. There must be no others.
func (r *rig) zeros() (names []string) {
	r.t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(r.t, r.telemetry.Reader.Collect(r.t.Context(), &all))
	for _, scope := range all.ScopeMetrics {
		for _, metric := range scope.Metrics {
			sum, ok := metric.Data.(metricdata.Sum[int64])
			if !ok || scope.Scope.Name != scopeName {
				continue
			}
			for _, point := range sum.DataPoints {
				assert.Zero(r.t, point.Value)
				name := strings.TrimPrefix(metric.Name, "vpc_flow.receiver.")
				for _, attribute := range point.Attributes.ToSlice() {
					name += " " + attribute.Value.AsString()
				}
				names = append(names, name)
			}
		}
	}
	return names
}

func TestWhatTellsThatSomethingArrivesCountsFromZero(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(c *Config)
		want      []string
	}{
		"files":      {func(*Config) {}, []string{"records"}},
		"s3 by time": {func(c *Config) { c.S3.GetOrInsertDefault().Follow = true }, []string{"records", "s3.objects read"}},
		"s3 by a queue": {
			func(c *Config) { c.S3.GetOrInsertDefault().SQSQueueURL = "http://127.0.0.1/q" },
			[]string{"records", "s3.objects read", "s3.messages deleted"},
		},
		"firehose": {func(c *Config) { c.Firehose.GetOrInsertDefault() }, []string{"records", "firehose.requests accepted"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			test.configure(r.cfg)
			counters, err := newTelemetry(r.telemetry.NewTelemetrySettings().MeterProvider)
			require.NoError(t, err)
			counters.countFromZero(t.Context(), r.cfg)
			assert.ElementsMatch(t, test.want, r.zeros())
		})
	}
}

func TestCountersAreThereFromTheStartAndNotBefore(t *testing.T) {
	r := newFirehoseRig(t)
	r.build()
	assert.Empty(t, r.zeros())
	r.run()
	assert.ElementsMatch(t, []string{"records", "firehose.requests accepted"}, r.zeros())
}
