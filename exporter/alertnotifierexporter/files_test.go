// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
)

// write writes a file into a new folder and returns its path.
func write(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestStartFailsOnUnreadableFile(t *testing.T) {
	readable := write(t, "secret", "https://example.com/x")
	for name, c := range map[string]struct{ yaml, want string }{
		"one of a receiver": {"slack_configs: [{api_url: 'https://x/y'}, {api_url_file: /no/slack}]", "slack_1: slack_configs[1]: api_url_file: open /no/slack: no such file or directory"},
		"one of global":     {"global: {slack_api_url_file: /no/slack}\nslack_configs: [{channel: c}]", "slack_0: slack_configs[0]: api_url_file: open /no/slack: no such file or directory"},
		"a nested one":      {"webhook_configs: [{url: 'https://x/y', http_config: {basic_auth: {username: u, password_file: /no/password}}}]", "webhook_configs[0]: http_config::basic_auth::password_file: open /no/password: "},
		"two":               {"pushover_configs: [{user_key_file: /no/user, token_file: /no/token}]", "token_file: open /no/token: "},
		"a folder":          {"pagerduty_configs: [{routing_key_file: " + t.TempDir() + "}]", "pagerduty_configs[0]: routing_key_file: read "},
		"one of e-mail":     {"email_configs: [{to: a@example.com, from: b@example.com, smarthost: 'mail:25', auth_username: u, auth_password_file: /no/mail}]", "email_configs[0]: auth_password_file: open /no/mail: "},
		"a readable one":    {"slack_configs: [{api_url_file: " + readable + "}]", ""},
		"an unused one":     {"global: {slack_api_url_file: /no/slack}\npagerduty_configs: [{routing_key_file: " + readable + "}]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			// The Collector's validate command creates the exporter, but does not start it.
			factory := NewFactory()
			_, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(factory.Type()), configOf(t, c.yaml))
			r := newHarness(t, c.yaml)
			if c.want == "" {
				require.NoError(t, err)
				r.run()
				return
			}
			require.ErrorContains(t, err, strings.TrimPrefix(strings.TrimPrefix(c.want, "slack_0: "), "slack_1: "))
			require.ErrorContains(t, r.Start(t.Context(), r), c.want)
			require.NoError(t, r.Shutdown(t.Context()))
		})
	}
}

func TestNotificationIsRetriedWhileSecretFileIsMissing(t *testing.T) {
	s := newServer(t)
	for name, config := range map[string]func(path string) string{
		"slack":   func(path string) string { return "slack_configs: [{api_url_file: " + path + "}]" },
		"webhook": func(path string) string { return "webhook_configs: [{url_file: " + path + "}]" },
		"pagerduty": func(path string) string {
			return "pagerduty_configs: [{routing_key_file: " + path + ", url: " + s.URL + "}]"
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "secret", s.URL)
			r := start(t, noQueue+config(path))
			require.NoError(t, os.Remove(path))
			err := r.send(alerttest.PortScan("a", "203.0.113.7"))
			require.ErrorContains(t, err, "open "+path)
			assert.False(t, consumererror.IsPermanent(err))
			assert.Equal(t, map[string]int64{name + "_0 failed other": 1}, r.metric("vpc_flow.notifier.notifications"))
			assert.Empty(t, s.takeRequests())
			require.NoError(t, os.WriteFile(path, []byte(s.URL), 0o600))
			require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
			assert.Len(t, s.takeRequests(), 1)
		})
	}
}
