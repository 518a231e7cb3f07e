// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

// metricsBackend is an OTLP backend that stores the latest value of each metric, by its name, account and attributes.
type metricsBackend struct {
	mu     sync.Mutex
	values map[string]int64
}

func (m *metricsBackend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := pmetricotlp.NewExportRequest()
	body, err := gzip.NewReader(r.Body)
	if err == nil {
		var text []byte
		if text, err = io.ReadAll(body); err == nil {
			err = request.UnmarshalProto(text)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, resource := range request.Metrics().ResourceMetrics().All() {
		account, _ := resource.Resource().Attributes().Get("cloud.account.id")
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				for _, point := range metric.Sum().DataPoints().All() {
					m.values[metric.Name()+" "+account.AsString()+labels(point)] = point.IntValue()
				}
			}
		}
	}
}

func labels(point pmetric.NumberDataPoint) (all string) {
	for _, value := range point.Attributes().All() {
		all += " " + value.AsString()
	}
	return all
}

func (m *metricsBackend) value(name string) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[name]
}

func TestFlowsAndAlertsAreExportedAsMetrics(t *testing.T) {
	m := &metricsBackend{values: map[string]int64{}}
	backend := httptest.NewServer(m)
	t.Cleanup(backend.Close)
	logs := t.TempDir()
	lines := sweepLines("203.0.113.7", 1736899200) +
		"2 210987654321 eni-1 10.0.0.1 10.0.0.2 50000 443 6 3 500 1736899300 1736899310 ACCEPT OK\n" +
		"2 210987654321 eni-1 10.0.0.1 10.0.0.2 50001 443 6 4 700 1736899300 1736899310 ACCEPT OK\n" +
		"2 210987654321 eni-1 - - - - - - - 1736899300 1736899310 - NODATA\n"
	require.NoError(t, os.WriteFile(filepath.Join(logs, "flows.log"), []byte(lines), 0o600))
	text, err := os.ReadFile("../config/metrics.yaml")
	require.NoError(t, err)
	t.Setenv("OTLP_ENDPOINT", backend.URL)
	collector := launch(t, string(text), "--config", "yaml:receivers::vpc_flow::files::include: ['"+logs+"/*.log']",
		"--config", "yaml:service::telemetry::metrics::level: none")
	want := map[string]int64{
		"vpc_flow.volume.flows 123456789012 REJECT":                  10,
		"vpc_flow.volume.bytes 123456789012 REJECT":                  600,
		"vpc_flow.volume.flows 210987654321 ACCEPT":                  2,
		"vpc_flow.volume.packets 210987654321 ACCEPT":                7,
		"vpc_flow.volume.bytes 210987654321 ACCEPT":                  1200,
		"vpc_flow.alert.episodes 123456789012 external_reject_sweep": 1,
	}
	for name, value := range want {
		require.Eventually(t, func() bool { return m.value(name) == value }, 30*time.Second, 20*time.Millisecond, name)
	}
	collector.interrupt(t)
	for name, value := range want {
		require.Equal(t, value, m.value(name), name)
	}
}
