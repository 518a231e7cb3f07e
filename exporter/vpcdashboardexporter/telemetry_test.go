// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// measured returns the values of all metrics, by name and label.
func (h *harness) measured() map[string]int64 {
	h.t.Helper()
	var got metricdata.ResourceMetrics
	require.NoError(h.t, h.telemetry.Reader.Collect(h.t.Context(), &got))
	values := map[string]int64{}
	for _, scope := range got.ScopeMetrics {
		if scope.Scope.Name != scopeName {
			continue
		}
		for _, m := range scope.Metrics {
			for _, point := range m.Data.(metricdata.Sum[int64]).DataPoints {
				values[m.Name+" "+point.Attributes.Encoded(attribute.DefaultEncoder())] = point.Value
			}
		}
	}
	return values
}

func TestMetricsCountRecordsThatAreNotShown(t *testing.T) {
	r := newHarness(t, "{endpoint: 'localhost:0', metrics_endpoint: '', max_alerts: 1}").run()
	r.consumeLogs(records("nonsense", "2 too few"))
	r.store.AddFlows([]flow.Flow{{Time: now().Add(time.Hour).Unix()}, {Time: 5}, {Time: 6}})
	for n := range 3 {
		a := testAlert(fmt.Sprint(n))
		r.store.AddAlert(a)
	}
	assert.Equal(t, map[string]int64{
		"vpc_flow.dashboard.undecodable reason=too_few_fields": 2,
		"vpc_flow.dashboard.flows_skipped reason=too_old":      2,
		"vpc_flow.dashboard.flows_skipped reason=in_future":    1,
		"vpc_flow.dashboard.evicted kind=alerts":               2,
	}, r.measured())

	require.NoError(t, r.shutdown(t.Context()))
	assert.Empty(t, r.measured(), "no metrics after shutdown")
}
