// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// t0 is the event time at which the stories of the tests begin: 2025-01-15 00:00:00 UTC.
const t0 = 1736899200

// noon is when the tests' clock begins, twelve hours after t0.
func noon() time.Time { return time.Unix(t0, 0).UTC().Add(12 * time.Hour) }

// at once turns off what makes alerts wait: each call ends when all have been told.
const atOnce = "sending_queue: {enabled: false}\nretry_on_failure: {enabled: false}\n"

// rig is an exporter whose surroundings the test has in its hands.
type rig struct {
	*notifier
	t          *testing.T
	extensions map[component.ID]component.Component
	telemetry  *componenttest.Telemetry
	logged     *observer.ObservedLogs
	stdout     bytes.Buffer

	mu   sync.Mutex
	time time.Time
}

// newRig makes an exporter that does not run yet.
func newRig(t *testing.T, yaml string) *rig {
	t.Helper()
	core, logged := observer.New(zap.DebugLevel)
	r := &rig{t: t, telemetry: componenttest.NewTelemetry(), logged: logged, time: noon()}
	t.Cleanup(func() { require.NoError(t, r.telemetry.Shutdown(context.Background())) }) //nolint:usetesting // that of the test has ended then
	set := exportertest.NewNopSettings(componentType)
	set.ID = component.NewID(componentType)
	set.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	set.Logger = zap.New(core)
	var err error
	r.notifier, err = newNotifier(t.Context(), set, configOf(t, yaml), surroundings{
		now:       r.clock,
		ticker:    func(time.Duration) (<-chan time.Time, func()) { return nil, func() {} },
		stdout:    &r.stdout,
		throttled: time.Millisecond,
	})
	require.NoError(t, err)
	return r
}

// start runs an exporter until the end of the test.
func start(t *testing.T, yaml string) *rig {
	t.Helper()
	return newRig(t, yaml).run()
}

func (r *rig) run() *rig {
	r.t.Helper()
	require.NoError(r.t, r.Start(r.t.Context(), r))
	r.t.Cleanup(func() { require.NoError(r.t, r.Shutdown(context.Background())) })
	return r
}

// GetExtensions makes the rig the exporter's host.
func (r *rig) GetExtensions() map[component.ID]component.Component { return r.extensions }

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.time
}

func (r *rig) pass(later time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time = r.time.Add(later)
}

// tick is what the ticker of every destination does.
func (r *rig) tick() {
	for _, d := range r.destinations {
		d.ticked(r.t.Context())
	}
}

// tell hands the exporter alerts.
func (r *rig) tell(alerts ...*alert.Alert) error {
	return r.ConsumeLogs(r.t.Context(), toLogs(alerts))
}

// metric returns the points of a metric by the values of their attributes.
func (r *rig) metric(name string) map[string]int64 {
	got := map[string]int64{}
	var all metricdata.ResourceMetrics
	require.NoError(r.t, r.telemetry.Reader.Collect(r.t.Context(), &all))
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if sum, ok := m.Data.(metricdata.Sum[int64]); ok && m.Name == name {
				for _, point := range sum.DataPoints {
					var values []string
					for _, pair := range point.Attributes.ToSlice() {
						if text := pair.Value.AsString(); text != "" {
							values = append(values, text)
						}
					}
					got[strings.Join(values, " ")] = point.Value
				}
			}
		}
	}
	return got
}

// said is all that has been logged, with its fields.
func (r *rig) said() string {
	var all strings.Builder
	for _, entry := range r.logged.All() {
		fields, err := json.Marshal(entry.ContextMap())
		require.NoError(r.t, err)
		all.WriteString(entry.Message + " " + string(fields) + "\n")
	}
	return all.String()
}

// configOf returns the configuration that the YAML text stands for.
func configOf(tb testing.TB, yaml string) *Config {
	tb.Helper()
	cfg := createDefaultConfig().(*Config)
	require.NoError(tb, parse(tb, yaml).Unmarshal(cfg))
	require.NoError(tb, cfg.Validate())
	return cfg
}

func parse(tb testing.TB, yaml string) *confmap.Conf {
	tb.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(yaml))
	require.NoError(tb, err)
	conf, err := retrieved.AsConf()
	require.NoError(tb, err)
	return conf
}

// fileStorage runs a storage extension over a folder until the end of the test.
func fileStorage(t *testing.T, dir string) map[component.ID]component.Component {
	t.Helper()
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = dir
	made, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, made.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.Background())) }) //nolint:usetesting // that of the test has ended then
	return map[component.ID]component.Component{component.MustNewID("file_storage"): made}
}

// request is what a server has been sent.
type request struct {
	path   string
	header http.Header
	body   map[string]any
	list   []any // instead of the body, where it is a list
}

// server takes down what it is sent, and answers as it is told to.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
	// answer may be nil, which means 200.
	answer func(w http.ResponseWriter, r *http.Request)
}

func serve(t *testing.T) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		got := request{path: r.URL.Path, header: r.Header}
		if json.Unmarshal(text, &got.body) != nil {
			assert.NoError(t, json.Unmarshal(text, &got.list), string(text))
		}
		s.mu.Lock()
		answer := s.answer
		s.requests = append(s.requests, got)
		s.mu.Unlock()
		if answer != nil {
			answer(w, r)
			return
		}
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(s.Close)
	return s
}

// answers makes the server answer with a status from now on.
func (s *server) answers(status int, header ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		if status < 300 {
			_, _ = io.WriteString(w, "ok")
		}
	}
}

// got returns what has come since the last call.
func (s *server) got() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := s.requests
	s.requests = nil
	return requests
}

// count is how many requests have come since the last call of got.
func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// scan is the beginning of an episode: a port scan from an address.
func scan(uid, source string) *alert.Alert {
	return &alert.Alert{
		UID: uid, Status: alert.Opened, Severity: alert.High, Time: t0 + 19,
		Body: source + " tried 20 ports of internal hosts in 19 s.", Scope: "123456789012", Account: "123456789012", Region: "eu-west-1",
		Rule: "external_port_scan", Title: "Potential Port Scanning Detected (External to Internal)", Category: "window", RulesetVersion: "1",
		Tactic: alert.Tactic{ID: "TA0043", Name: "Reconnaissance"}, Technique: alert.Technique{ID: "T1595", Name: "Active Scanning"}, Related: []string{"T1046"},
		Source: netip.MustParseAddr(source), Transport: "tcp",
		Destinations:     []netip.Addr{netip.MustParseAddr("10.0.1.11"), netip.MustParseAddr("10.0.1.10")},
		DestinationPorts: []uint16{2019, 2018}, Truncated: true,
		Measure: 20, Threshold: 20, Unit: alert.Ports, Window: 600,
		FirstSeen: t0, LastSeen: t0 + 19, Flows: 20, Packets: 20, Bytes: 1200,
		Samples:   []alert.Sample{alert.ParseSample(source + ":50009 > 10.0.1.11:2019 tcp REJECT 1 60 1736899219 eni-1")},
		Interface: "eni-1", VPC: "vpc-1", SourceCountry: "DE",
		Impact: "Whoever scans learns what can be reached.", Mitigation: "Close what need not be open.",
	}
}

// as returns the alert with another status.
func as(status alert.Status, a *alert.Alert) *alert.Alert {
	next := *a
	next.Status = status
	next.Time += 600
	next.LastSeen += 600
	return &next
}

// graver returns the alert with another severity.
func graver(severity alert.Severity, a *alert.Alert) *alert.Alert {
	next := *a
	next.Severity = severity
	return &next
}
