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

func TestCountersAreThereFromTheStartAndNotBefore(t *testing.T) {
	r := newRig(t)
	r.cfg.Firehose.GetOrInsertDefault().NetAddr.Endpoint = "localhost:0"
	r.build()
	assert.Empty(t, r.zeros())
	r.run()
	assert.ElementsMatch(t, []string{"records", "firehose.requests accepted"}, r.zeros())
}
