// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// harness is a dashboard with a clock, a log and extensions that the test controls.
type harness struct {
	*dashboard
	t          testing.TB
	logged     *observer.ObservedLogs
	telemetry  *componenttest.Telemetry
	extensions map[component.ID]component.Component
	mu         sync.Mutex
	reported   []*componentstatus.Event
}

// now returns the time of all tests: a year after the traffic.
func now() time.Time { return start.Add(365 * 24 * time.Hour) }

var start = time.Date(2025, time.January, 6, 0, 0, 0, 0, time.UTC)

// newHarness returns a dashboard that is not started. Without YAML, it listens on any free port.
func newHarness(t testing.TB, yaml string) *harness {
	t.Helper()
	return newHarnessAt(t, yaml, now)
}

// newHarnessAt is newHarness with another clock.
func newHarnessAt(t testing.TB, yaml string, now func() time.Time) *harness {
	t.Helper()
	cfg, err := decode(t, "{endpoint: 'localhost:0', metrics_endpoint: ''}")
	require.NoError(t, err)
	if yaml != "" {
		cfg, err = decode(t, yaml)
		require.NoError(t, err)
	}
	core, logged := observer.New(zap.InfoLevel)
	h := &harness{t: t, logged: logged, telemetry: componenttest.NewTelemetry()}
	set := exportertest.NewNopSettings(componentType)
	set.ID = component.NewID(componentType)
	set.Logger = zap.New(core)
	set.TelemetrySettings.MeterProvider = h.telemetry.NewTelemetrySettings().MeterProvider
	h.dashboard, err = newDashboard(set, cfg, now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.telemetry.Shutdown(context.WithoutCancel(t.Context()))) })
	return h
}

// run starts the dashboard. It stops at the end of the test, or by shutdown.
func (h *harness) run() *harness {
	h.t.Helper()
	require.NoError(h.t, h.start(h.t.Context(), h))
	h.t.Cleanup(func() { require.NoError(h.t, h.shutdown(context.Background())) })
	return h
}

// GetExtensions makes the harness a component.Host.
func (h *harness) GetExtensions() map[component.ID]component.Component { return h.extensions }

// Report records the component status.
func (h *harness) Report(event *componentstatus.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reported = append(h.reported, event)
}

// url returns the URL in the log.
func (h *harness) url() string {
	h.t.Helper()
	found := h.logged.FilterMessage("dashboard started").All()
	require.NotEmpty(h.t, found)
	return found[0].ContextMap()["url"].(string)
}

// get requests a page, and returns its status and text.
func (h *harness) get(path string, modify ...func(*http.Request)) (int, string) {
	h.t.Helper()
	address, err := url.JoinPath(h.url(), path)
	require.NoError(h.t, err)
	request, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(h.t, err)
	for _, m := range modify {
		m(request)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	require.NoError(h.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	return response.StatusCode, string(text)
}

// getJSON requests a path of the API.
func (h *harness) getJSON(path string, into any) {
	h.t.Helper()
	status, text := h.get(path)
	require.Equal(h.t, http.StatusOK, status, text)
	require.NoError(h.t, json.Unmarshal([]byte(text), into), text)
}

// consumeLogs exports the records.
func (h *harness) consumeLogs(logs plog.Logs) {
	h.t.Helper()
	require.NoError(h.t, h.consume(h.t.Context(), logs))
}
