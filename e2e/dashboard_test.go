// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/browsertest"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// demoRecords is the number of records in the demo's flow logs.
const demoRecords = 176_005

// demoEpisodes returns the number of episodes that they open. It needs the root of the repository as working directory.
func demoEpisodes(t *testing.T) int {
	t.Helper()
	episodes := map[string]bool{}
	for _, a := range expected(t) {
		episodes[a.UID] = true
	}
	return len(episodes)
}

// startDashboard runs the demo's collector on the given files and returns the URL of the dashboard.
func startDashboard(t *testing.T, files string) (url string) {
	t.Helper()
	config := demoConfig(t)
	page, metrics := freePort(t), freePort(t)
	metricsPort, err := strconv.Atoi(metrics)
	require.NoError(t, err)
	url = "http://localhost:" + page
	config["receivers"].(map[string]any)["vpc_flow"].(map[string]any)["files"].(map[string]any)["include"] = []string{files}
	config["exporters"] = map[string]any{"vpc_dashboard": map[string]any{
		"endpoint": "localhost:" + page, "metrics_endpoint": "http://localhost:" + metrics + "/metrics",
	}}
	config["service"] = map[string]any{
		"telemetry": map[string]any{
			"logs": map[string]any{"level": "error"},
			"metrics": map[string]any{"readers": []any{map[string]any{"pull": map[string]any{
				"exporter": map[string]any{"prometheus": map[string]any{"host": "localhost", "port": metricsPort}},
			}}}},
		},
		"pipelines": map[string]any{
			"logs/flows":  map[string]any{"receivers": []string{"vpc_flow"}, "exporters": []string{"vpc_dashboard"}},
			"logs/alerts": map[string]any{"receivers": []string{"vpc_flow"}, "processors": []string{"vpc_detection"}, "exporters": []string{"vpc_dashboard"}},
		},
	}
	startCollector(t, config, newSink())
	return url
}

// startDemoDashboard is like startDashboard with the demo's files. It returns when the dashboard shows all of them.
func startDemoDashboard(t *testing.T) (url string) {
	t.Helper()
	url = startDashboard(t, "testdata/demo/**/*.log.gz")
	waitForDashboard(t, url, demoRecords, demoEpisodes(t))
	return url
}

// waitForDashboard waits until the dashboard has counted all records and lists all episodes.
func waitForDashboard(t *testing.T, url string, records, episodes int) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		var overview struct {
			Totals struct {
				Flows int `json:"flows"`
			} `json:"totals"`
		}
		var alerts struct {
			Total int `json:"total"`
		}
		var health struct {
			NoData   int `json:"no_data"`
			SkipData int `json:"skip_data"`
			Hops     int `json:"hops"`
		}
		getJSON(t.Context(), c, url+"/api/overview?range=all", &overview)
		getJSON(t.Context(), c, url+"/api/alerts", &alerts)
		getJSON(t.Context(), c, url+"/api/health", &health)
		assert.Equal(c, episodes, alerts.Total)
		assert.Equal(c, records, overview.Totals.Flows+health.NoData+health.SkipData+health.Hops, "%+v %+v", overview, health)
	}, 2*time.Minute, 200*time.Millisecond)
}

func getJSON(ctx context.Context, c *assert.CollectT, url string, into any) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	require.NoError(c, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(c, err)
	defer response.Body.Close()
	require.NoError(c, json.NewDecoder(response.Body).Decode(into))
}

func TestDashboardShowsTheDemo(t *testing.T) {
	t.Chdir("..")
	tab := browsertest.Open(t)
	url := startDemoDashboard(t)
	text := func(selector string) string {
		return browsertest.Value[string](tab, fmt.Sprintf("document.querySelector(%q).textContent", selector))
	}

	t.Run("every panel of the overview has data", func(t *testing.T) {
		tab.Do(chromedp.Navigate(url + "/?range=all"))
		assert.NotContains(t, text("main"), "None in this range")
		for _, id := range []string{"alerts-over-time", "flows-by-action", "flows-by-class", "bytes-over-time"} {
			assert.Positive(t, browsertest.Value[int](tab, fmt.Sprintf("document.querySelectorAll('#%s [class^=fill-]').length", id)), id)
		}
		for _, dimension := range []string{
			"sources", "destinations", "ports", "protocols", "interfaces", "accounts", "source_countries", "destination_countries",
		} {
			assert.Positive(t, browsertest.Value[int](tab, fmt.Sprintf("document.querySelectorAll('#top-%s td').length", dimension)), dimension)
		}
		assert.Positive(t, browsertest.Value[int](tab, "document.querySelectorAll('#matrix td[class]:not(.heat0)').length"))
		assert.Contains(t, text("#newest-alerts"), fmt.Sprintf("All %d alerts", demoEpisodes(t)))
		assert.Contains(t, text("#top-accounts"), "111122223333")
		assert.Contains(t, text("#health"), "SKIPDATA")
		assert.Contains(t, text("#health"), "Threat list demo")
	})

	t.Run("every range and measure has a page", func(t *testing.T) {
		for _, span := range []string{"15m", "1h", "6h", "24h", "all"} {
			for _, measure := range []string{"flows", "bytes", "rejects"} {
				tab.Do(chromedp.Navigate(url + "/?range=" + span + "&measure=" + measure))
				assert.Contains(t, text("h1"), "Overview", span)
			}
		}
	})

	t.Run("each rule's filter lists its alerts only", func(t *testing.T) {
		for _, rule := range detect.Rules {
			tab.Do(chromedp.Navigate(url + "/alerts?rule=" + rule.ID))
			rules := browsertest.Value[[]string](tab, "[...document.querySelectorAll('.alerts .origin bdi:first-child')].map(e => e.textContent)")
			assert.NotEmpty(t, rules, rule.ID)
			for _, listed := range rules {
				assert.Equal(t, rule.ID, listed)
			}
		}
	})

	t.Run("filters by severity and address work in the form", func(t *testing.T) {
		tab.Do(
			chromedp.Navigate(url+"/alerts"),
			chromedp.SetValue(chromedp.CSS("#severity"), "high"),
			chromedp.SendKeys(chromedp.CSS("#address"), "87.203.0.113\r"),
			chromedp.WaitVisible(chromedp.CSS(`.filters a[href="/alerts"]`)),
		)
		assert.Contains(t, text("#found"), "1 to 1 of 1 matching alerts")
		assert.Contains(t, text(".alerts .what"), "87.203.0.113 connected to 10.20.1.5 port 22 (SSH) after 40 rejected attempts")
	})

	t.Run("the page of an alert has all details", func(t *testing.T) {
		tab.Do(chromedp.Click(chromedp.CSS(".alerts .what a")), chromedp.WaitVisible(chromedp.CSS("#mitigation")))
		assert.Contains(t, text("h1"), "87.203.0.113 connected to")
		assert.Positive(t, browsertest.Value[int](tab, "document.querySelectorAll('#samples tbody tr').length"))
		assert.Contains(t, text("#mitre"), "T1021")
		assert.Contains(t, text("#allowlist"), "remote_service_brute_force")
		assert.Contains(t, text("#fields"), "log.record.uid")
		assert.NotContains(t, text("#impact")+text("#mitigation"), "Not stated in the alert")
	})

	t.Run("pages have no serious accessibility violation", func(t *testing.T) {
		for _, path := range []string{"/?range=all", "/alerts"} {
			tab.Do(chromedp.Navigate(url + path))
			for _, violation := range tab.Accessibility() {
				assert.NotContains(t, []string{"serious", "critical"}, violation.Impact, violation.String())
			}
		}
	})

	assert.Empty(t, tab.Errors())
	for _, request := range tab.Requests() {
		assert.True(t, strings.HasPrefix(request, url+"/"), "a request to another host: %s", request)
	}
}

// Anyone who can write to the flow logs controls their fields. The dashboard must show them as text.
func TestDashboardEscapesFields(t *testing.T) {
	t.Chdir("..")
	tab := browsertest.Open(t)
	const hostile = `<script>alert(1)</script><img/src=x/onerror=alert(2)>`
	var lines strings.Builder
	for port := range 30 {
		fmt.Fprintf(&lines, "2 111122223333 %s 198.51.100.7 10.0.0.5 50000 %d 6 1 60 1736899200 1736899210 REJECT OK\n", hostile, 1000+port)
	}
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "flows.log"), []byte(lines.String()), 0o600))
	url := startDashboard(t, filepath.Join(folder, "*.log"))
	waitForDashboard(t, url, 30, 1)

	tab.Do(chromedp.Navigate(url + "/"))
	assert.Equal(t, hostile, browsertest.Value[string](tab, "document.querySelector('#top-interfaces th[scope=row] bdi').textContent"))
	tab.Do(chromedp.Click(chromedp.CSS("#newest-alerts .what a")), chromedp.WaitVisible(chromedp.CSS("#samples")))
	assert.Equal(t, 5, browsertest.Value[int](tab, "[...document.querySelectorAll('#samples tbody tr')].filter(r => r.textContent.includes('<script>')).length"))
	assert.Empty(t, tab.Errors(), "no dialog and no violation of the content security policy")
	for _, request := range tab.Requests() {
		assert.NotContains(t, request, "/x", "the injected image")
	}
}
