// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/web"
)

func TestThePageIsServedAtTheLoggedURL(t *testing.T) {
	r := newHarness(t, "").run()
	assert.Regexp(t, `^http://localhost:\d+/$`, r.url())
	status, text := r.get("")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, text, "<html")
	assert.Zero(t, r.logged.FilterLevelExact(zap.WarnLevel).Len())

	require.NoError(t, r.shutdown(t.Context()))
	_, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(r.url(), "http://"), "/")) //nolint:noctx // it fails at once
	require.Error(t, err, "the port is closed")
	assert.Empty(t, r.reported, "a requested shutdown is not an error")
}

func TestAPortInUseIsReportedWithItsKey(t *testing.T) {
	first := newHarness(t, "").run()
	address := strings.TrimSuffix(strings.TrimPrefix(first.url(), "http://"), "/")
	second := newHarness(t, "{endpoint: '"+address+"'}")
	err := second.start(t.Context(), second)
	require.ErrorContains(t, err, "endpoint: listen tcp")
	require.ErrorContains(t, err, "address already in use")
	assert.Empty(t, second.closers, "a failed start is undone")
}

// The Collector's validate command creates the exporter, but does not start it.
func TestMissingDatabaseIsFoundWhenTheExporterIsCreated(t *testing.T) {
	factory := NewFactory()
	cfg := factory.CreateDefaultConfig().(*Config)
	cfg.GeoIP.Database = "/no/such/file"
	_, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	assert.EqualError(t, err, "geoip::database: stat /no/such/file: no such file or directory")
}

func TestStartErrorsNameTheKey(t *testing.T) {
	for text, want := range map[string]string{
		"{endpoint: 'localhost:0', tls: {cert_file: /no/such/file, key_file: /no/such/file}}": "tls: ",
		"{endpoint: 'localhost:0', auth: {authenticator: nobody}}":                            `"nobody"`,
		"{endpoint: 'localhost:0', geoip: {database: /no/such/file}}":                         "geoip::database: ",
		"{endpoint: 'no.such.host.invalid:0'}":                                                "endpoint: ",
	} {
		t.Run(text, func(t *testing.T) {
			r := newHarness(t, text)
			r.extensions = map[component.ID]component.Component{}
			require.ErrorContains(t, r.start(t.Context(), r), want)
			require.NoError(t, r.shutdown(t.Context()))
		})
	}
}

func TestAPublicPageWithoutAuthenticationLogsAWarning(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		warned     bool
	}{
		{"all interfaces", "endpoint: 0.0.0.0:0", true},
		{"all interfaces by an empty host", "endpoint: ':0'", true},
		{"all interfaces with an authenticator", "{endpoint: '0.0.0.0:0', auth: {authenticator: gate}}", false},
		{"localhost", "endpoint: localhost:0", false},
		{"a loopback address", "endpoint: 127.0.0.9:0", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newHarness(t, tt.text)
			r.extensions = map[component.ID]component.Component{component.MustNewID("gate"): &gate{}}
			r.run()
			warnings := r.logged.FilterLevelExact(zap.WarnLevel).FilterMessageSnippet("without authentication")
			assert.Equal(t, tt.warned, warnings.Len() == 1)
			assert.Regexp(t, `^http://localhost:\d+/$`, r.url())
		})
	}
}

// gate is an authenticator that requires a password.
type gate struct {
	component.StartFunc
	component.ShutdownFunc
}

func (*gate) Authenticate(ctx context.Context, headers map[string][]string) (context.Context, error) {
	if http.Header(headers).Get("Authorization") != "sesame" {
		return ctx, errors.New("wrong password")
	}
	return ctx, nil
}

func TestEachPageRequiresAuthentication(t *testing.T) {
	r := newHarness(t, "{endpoint: 'localhost:0', auth: {authenticator: gate}}")
	r.extensions = map[component.ID]component.Component{component.MustNewID("gate"): &gate{}}
	r.run()
	for _, path := range []string{"", "alerts", "api/overview", "api/health", "assets/style.css", "nothing"} {
		status, text := r.get(path)
		assert.Equal(t, http.StatusUnauthorized, status, path)
		assert.NotContains(t, text, "html", path)
	}
	status, _ := r.get("", func(request *http.Request) { request.Header.Set("Authorization", "sesame") })
	assert.Equal(t, http.StatusOK, status)
}

func TestForeignHostNamesAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, text, host string
		want             int
	}{
		{"another name of a local page", "endpoint: localhost:0", "evil.example.com", http.StatusMisdirectedRequest},
		{"a configured name", "{endpoint: 'localhost:0', server_names: [flows.example.com]}", "flows.example.com", http.StatusOK},
		{"a name that is not configured", "{endpoint: 'localhost:0', server_names: [flows.example.com]}", "evil.example.com", http.StatusMisdirectedRequest},
		{"any name of a public page", "endpoint: 0.0.0.0:0", "flows.example.com", http.StatusOK},
		{"a name that is not configured of a public page", "{endpoint: '0.0.0.0:0', server_names: [flows.example.com]}", "evil.example.com", http.StatusMisdirectedRequest},
		{"an address", "{endpoint: '0.0.0.0:0', server_names: [flows.example.com]}", "192.0.2.1:80", http.StatusOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newHarness(t, tt.text).run()
			status, _ := r.get("", func(request *http.Request) { request.Host = tt.host })
			assert.Equal(t, tt.want, status)
		})
	}
}

func TestThePageCanBeServedOnAUnixSocket(t *testing.T) {
	r := newHarness(t, "{transport: unix, endpoint: "+filepath.Join(t.TempDir(), "s")+"}").run()
	assert.Regexp(t, "^unix:/", r.url())
	assert.Zero(t, r.logged.FilterLevelExact(zap.WarnLevel).Len())
}

func TestAFailingServerReportsAFatalError(t *testing.T) {
	r := newHarness(t, "")
	listener, err := listen(t.Context(), r.cfg)
	require.NoError(t, err)
	server := pageServer{cfg: r.cfg, telemetry: r.set.TelemetrySettings, store: r.store}
	stop, err := server.serve(t.Context(), r, listener, web.Options{})
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	require.Eventually(t, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.reported) == 1
	}, 10*time.Second, time.Millisecond)
	assert.Equal(t, componentstatus.StatusFatalError, r.reported[0].Status())
	require.ErrorContains(t, r.reported[0].Err(), "serve dashboard: ")
	require.NoError(t, stop(t.Context()))
}

func TestTheFactoryFollowsTheConventions(t *testing.T) {
	factory := NewFactory()
	assert.Equal(t, "vpc_dashboard", factory.Type().String())
	require.NoError(t, componenttest.CheckConfigStruct(factory.CreateDefaultConfig()))
	cfg, err := decode(t, "{endpoint: 'localhost:0'}")
	require.NoError(t, err)
	logs, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	assert.False(t, logs.Capabilities().MutatesData)
	require.NoError(t, logs.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, logs.ConsumeLogs(t.Context(), decoded(requestLine)))
	require.NoError(t, logs.Shutdown(t.Context()))
	require.NoError(t, logs.Shutdown(t.Context()), "a second shutdown does nothing")

	never, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, never.Shutdown(t.Context()), "a shutdown without a start does nothing")
}
