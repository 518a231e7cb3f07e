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

// twoPipelines is config/dashboard.yaml with other addresses and paths.
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

// freeAddress returns an address on which nothing listened a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// run runs a collector in this process until the end of the test.
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

// getFrom requests a path of the API of a collector that may not be ready. It reports whether it got a response.
func getFrom(address, path string, into any) bool {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	response, err := client.Get("http://" + address + path) //nolint:noctx // the client has a timeout
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK && json.NewDecoder(response.Body).Decode(into) == nil
}

// Both pipelines carry logs, so the collector creates one exporter for both.
func TestTheDemoIsShownOnOnePage(t *testing.T) {
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
	// The receiver has read all files, and the page shows their flows.
	require.Eventually(t, func() bool {
		return getFrom(address, "/api/health", &health) && health.Collector.Receiver.Records >= 174_000 &&
			getFrom(address, "/api/overview?range=all", &overview) && overview.Totals.Flows > 170_000
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
	require.True(t, getFrom(address, "/api/alerts?range=all", &alerts))
	assert.Greater(t, alerts.Total, 10)
}
