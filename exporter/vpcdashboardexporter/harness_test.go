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

// rig is a dashboard whose surroundings the test has in its hands: clock, log and extensions.
type rig struct {
	*dashboard
	t          testing.TB
	logged     *observer.ObservedLogs
	telemetry  *componenttest.Telemetry
	extensions map[component.ID]component.Component
	mu         sync.Mutex
	reported   []*componentstatus.Event
}

// now is the clock of all tests: a year after the traffic.
func now() time.Time { return start.Add(365 * 24 * time.Hour) }

var start = time.Date(2025, time.January, 6, 0, 0, 0, 0, time.UTC)

// newRig makes a dashboard that does not run yet, at any free port unless the YAML says otherwise.
func newRig(t testing.TB, yaml string) *rig {
	t.Helper()
	return newRigAt(t, yaml, now)
}

// newRigAt is newRig with another clock.
func newRigAt(t testing.TB, yaml string, now func() time.Time) *rig {
	t.Helper()
	cfg, err := decode(t, "{endpoint: 'localhost:0', metrics_endpoint: ''}")
	require.NoError(t, err)
	if yaml != "" {
		cfg, err = decode(t, yaml)
		require.NoError(t, err)
	}
	core, logged := observer.New(zap.InfoLevel)
	r := &rig{t: t, logged: logged, telemetry: componenttest.NewTelemetry()}
	set := exportertest.NewNopSettings(componentType)
	set.Logger = zap.New(core)
	set.TelemetrySettings.MeterProvider = r.telemetry.NewTelemetrySettings().MeterProvider
	r.dashboard, err = newDashboard(set, cfg, now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.telemetry.Shutdown(context.WithoutCancel(t.Context()))) })
	return r
}

// run starts the dashboard. It ends with the test, or by shutdown.
func (r *rig) run() *rig {
	r.t.Helper()
	require.NoError(r.t, r.start(r.t.Context(), r))
	r.t.Cleanup(func() { require.NoError(r.t, r.shutdown(context.Background())) })
	return r
}

// GetExtensions makes the rig the dashboard's host.
func (r *rig) GetExtensions() map[component.ID]component.Component { return r.extensions }

// Report takes what the dashboard says of its own state.
func (r *rig) Report(event *componentstatus.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reported = append(r.reported, event)
}

// url is that which has been logged.
func (r *rig) url() string {
	r.t.Helper()
	found := r.logged.FilterMessage("the dashboard is served").All()
	require.NotEmpty(r.t, found)
	return found[0].ContextMap()["url"].(string)
}

// get asks for a page, and returns its status and text.
func (r *rig) get(path string, change ...func(*http.Request)) (int, string) {
	r.t.Helper()
	address, err := url.JoinPath(r.url(), path)
	require.NoError(r.t, err)
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(r.t, err)
	for _, c := range change {
		c(request)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	require.NoError(r.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	return response.StatusCode, string(text)
}

// getJSON asks the API.
func (r *rig) getJSON(path string, into any) {
	r.t.Helper()
	status, text := r.get(path)
	require.Equal(r.t, http.StatusOK, status, text)
	require.NoError(r.t, json.Unmarshal([]byte(text), into), text)
}

func (r *rig) show(logs plog.Logs) {
	r.t.Helper()
	require.NoError(r.t, r.consume(r.t.Context(), logs))
}
