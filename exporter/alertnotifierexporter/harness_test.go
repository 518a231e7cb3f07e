// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
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

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// noQueue makes ConsumeLogs return after all notifications have been sent or have failed.
const noQueue = "sending_queue: {enabled: false}\nretry_on_failure: {enabled: false}\n"

// harness is an exporter with a test clock, manual ticks, and recorded logs and metrics.
type harness struct {
	*notifier
	t          *testing.T
	extensions map[component.ID]component.Component
	telemetry  *componenttest.Telemetry
	logged     *observer.ObservedLogs
	stdout     bytes.Buffer

	mu   sync.Mutex
	time time.Time
}

// newHarness creates an exporter. The test starts it.
func newHarness(t *testing.T, yaml string) *harness {
	t.Helper()
	core, logged := observer.New(zap.DebugLevel)
	r := &harness{t: t, telemetry: componenttest.NewTelemetry(), logged: logged, time: alerttest.Noon()}
	t.Cleanup(func() { require.NoError(t, r.telemetry.Shutdown(context.Background())) }) //nolint:usetesting // the test context has ended
	set := exportertest.NewNopSettings(componentType)
	set.ID = component.NewID(componentType)
	set.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	set.Logger = zap.New(core)
	var err error
	r.notifier, err = newNotifier(t.Context(), set, configOf(t, yaml), system{
		now:             r.clock,
		ticker:          func(time.Duration) (<-chan time.Time, func()) { return nil, func() {} },
		stdout:          &r.stdout,
		throttleWait:    time.Millisecond,
		shutdownTimeout: 100 * time.Millisecond,
	})
	require.NoError(t, err)
	return r
}

// start creates an exporter and runs it until the end of the test.
func start(t *testing.T, yaml string) *harness {
	t.Helper()
	return newHarness(t, yaml).run()
}

// run runs the exporter until the end of the test.
func (r *harness) run() *harness {
	r.t.Helper()
	require.NoError(r.t, r.Start(r.t.Context(), r))
	r.t.Cleanup(func() { require.NoError(r.t, r.Shutdown(context.Background())) })
	return r
}

// GetExtensions implements component.Host.
func (r *harness) GetExtensions() map[component.ID]component.Component { return r.extensions }

func (r *harness) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.time
}

func (r *harness) advance(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time = r.time.Add(d)
}

// tickAll ticks all destinations.
func (r *harness) tickAll() {
	for _, d := range r.destinations {
		d.tick(r.t.Context())
	}
}

func (r *harness) send(alerts ...*alert.Alert) error {
	return r.ConsumeLogs(r.t.Context(), toLogs(alerts))
}

// metric returns the data points of a metric by the values of their attributes.
func (r *harness) metric(name string) map[string]int64 {
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

// gauges returns the sum of the values of a gauge, and whether it has a value.
func (r *harness) gauges(name string) (total int64, known bool) {
	var all metricdata.ResourceMetrics
	require.NoError(r.t, r.telemetry.Reader.Collect(r.t.Context(), &all))
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if gauge, ok := m.Data.(metricdata.Gauge[int64]); ok && m.Name == name {
				for _, point := range gauge.DataPoints {
					total, known = total+point.Value, true
				}
			}
		}
	}
	return total, known
}

// loggedText returns all log entries with their fields.
func (r *harness) loggedText() string {
	var all strings.Builder
	for _, entry := range r.logged.All() {
		fields, err := json.Marshal(entry.ContextMap())
		require.NoError(r.t, err)
		all.WriteString(entry.Message + " " + string(fields) + "\n")
	}
	return all.String()
}

// configOf parses and validates a configuration.
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

// fileStorage runs a file_storage extension until the end of the test.
func fileStorage(t *testing.T, dir string) map[component.ID]component.Component {
	t.Helper()
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = dir
	made, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, made.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.Background())) }) //nolint:usetesting // the test context has ended
	return map[component.ID]component.Component{component.MustNewID("file_storage"): made}
}
