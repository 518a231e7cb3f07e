// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"

	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"
)

// twoPipelines is config/dashboard.yaml, with places of the test's own.
const twoPipelines = `
receivers: {vpc_flow: {files: {include: [FILES], start_at: beginning}}}
processors: {vpc_detection: {threat_lists: [{name: demo, path: THREATS}]}}
exporters: {vpc_dashboard: {endpoint: PAGE, metrics_endpoint: "http://METRICS/metrics"}}
service:
  telemetry:
    logs: {level: error}
    metrics: {readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: PORT}}}}]}
  pipelines:
    logs/flows: {receivers: [vpc_flow], exporters: [vpc_dashboard]}
    logs/alerts: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [vpc_dashboard]}
`

// freeAddress is one that nobody listened at a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// run runs a collector in this process until the test is over.
func run(t *testing.T, yaml string) {
	t.Helper()
	collector, err := otelcol.NewCollector(otelcol.CollectorSettings{
		BuildInfo: component.BuildInfo{Command: "test", Version: "0.0.0"},
		Factories: func() (otelcol.Factories, error) {
			return otelcol.Factories{
				Receivers:  map[component.Type]receiver.Factory{component.MustNewType("vpc_flow"): vpcflowreceiver.NewFactory()},
				Processors: map[component.Type]processor.Factory{component.MustNewType("vpc_detection"): vpcdetectionprocessor.NewFactory()},
				Exporters:  map[component.Type]exporter.Factory{componentType: NewFactory()},
				Telemetry:  otelconftelemetry.NewFactory(),
			}, nil
		},
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: confmap.ResolverSettings{
			URIs: []string{"yaml:" + yaml}, ProviderFactories: []confmap.ProviderFactory{yamlprovider.NewFactory()},
		}},
		DisableGracefulShutdown: true,
	})
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- collector.Run(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		collector.Shutdown()
		require.NoError(t, <-done)
	})
}

type page struct {
	Totals struct{ Flows, Accepted, Rejected uint64 }
	From   time.Time
	To     time.Time
	Top    map[string][]struct{ Key string }
	Alerts map[string]uint64 `json:"alerts_by_severity"`
}

// ask asks the API of a collector that may not be there yet.
func ask(address, path string, into any) bool {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	response, err := client.Get("http://" + address + path) //nolint:noctx // it has a time-out
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK && json.NewDecoder(response.Body).Decode(into) == nil
}

// Both pipelines carry logs, and so the collector makes one exporter for both: one page, with flows and alerts.
func TestTheDemoIsAllOnOnePage(t *testing.T) {
	demo, err := filepath.Abs("../../testdata/demo")
	require.NoError(t, err)
	require.DirExists(t, demo)
	address, metrics := freeAddress(t), freeAddress(t)
	_, port, err := net.SplitHostPort(metrics)
	require.NoError(t, err)
	run(t, strings.NewReplacer("FILES", demo+"/**/*.log.gz", "THREATS", demo+"/threats.txt", "PAGE", address,
		"METRICS", metrics, "PORT", port).Replace(twoPipelines))

	var overview page
	var health struct {
		Undecodable map[string]uint64
		Hops        uint64
		Collector   struct {
			Unavailable string
			Receiver    struct{ Records uint64 }
			Detection   struct {
				Evaluated map[string]uint64
				Evidence  map[string]uint64 `json:"role_evidence"`
			}
			ThreatLists []struct{ Name string } `json:"threat_lists"`
			Exporters   []struct {
				Name string
				Sent uint64
			}
		}
	}
	// All has been read when the receiver counts no more, and the page has what it counted.
	require.Eventually(t, func() bool {
		return ask(address, "/api/health", &health) && health.Collector.Receiver.Records >= 174_000 &&
			ask(address, "/api/overview?range=all", &overview) && overview.Totals.Flows > 170_000
	}, 2*time.Minute, 200*time.Millisecond)

	assert.Greater(t, overview.To.Sub(overview.From), 8*24*time.Hour, "all nine days")
	assert.NotZero(t, overview.Totals.Rejected)
	for dimension, entries := range overview.Top {
		assert.NotEmpty(t, entries, dimension)
	}
	for _, severity := range []string{"low", "medium", "high"} {
		assert.NotZero(t, overview.Alerts[severity], severity)
	}
	assert.Empty(t, health.Collector.Unavailable)
	assert.Empty(t, health.Undecodable)
	assert.NotZero(t, health.Collector.Detection.Evaluated["request"])
	assert.NotZero(t, health.Collector.Detection.Evidence["flags"])
	assert.Equal(t, "demo", health.Collector.ThreatLists[0].Name)
	require.Len(t, health.Collector.Exporters, 1)
	assert.Equal(t, "vpc_dashboard", health.Collector.Exporters[0].Name)
	var alerts struct{ Total int }
	require.True(t, ask(address, "/api/alerts?range=all", &alerts))
	assert.Greater(t, alerts.Total, 10)
}
