// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"
)

// decode decodes the exporter's section as the collector does.
func decode(t testing.TB, text string) (*Config, error) {
	t.Helper()
	var section map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &section))
	cfg := createDefaultConfig().(*Config)
	if err := confmap.NewFromStringMap(section).Unmarshal(cfg); err != nil {
		return nil, err
	}
	return cfg, confmap.Validate(cfg)
}

func TestSettingsReplaceTheirDefaults(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		change     func(*Config)
	}{
		{"nothing", "", func(*Config) {}},
		{"a list replaces its default", "internal_networks: [10.0.0.0/8]", func(c *Config) {
			c.InternalNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		}},
		{"a list of one without brackets", "internal_networks: 10.0.0.0/8", func(c *Config) {
			c.InternalNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		}},
		{"a format by its name", "format: tgw", func(c *Config) { c.Format = []string{"tgw"} }},
		{"no metrics", "metrics_endpoint: ''", func(c *Config) { c.MetricsEndpoint = "" }},
		{"a socket", "{endpoint: /run/dashboard.sock, transport: unix}", func(c *Config) {
			c.NetAddr.Endpoint, c.NetAddr.Transport = "/run/dashboard.sock", confignet.TransportTypeUnix
		}},
		{"all", `
endpoint: 0.0.0.0:443
auth: {authenticator: basicauth}
write_timeout: 5s
server_names: [flows.example.com]
internal_networks: [10.0.0.0/8, "fd00::/8"]
geoip: {database: /etc/country.mmdb}
format: [version, srcaddr]
retention: 24h
max_alerts: 5
max_keys: 64
metrics_endpoint: https://localhost:1/metrics
flows: {directory: /data/flows, retention: 48h, max_size: 500MiB}
`, func(c *Config) {
			c.NetAddr.Endpoint = "0.0.0.0:443"
			c.Auth = configoptional.Some(confighttp.AuthConfig{Config: configauth.Config{AuthenticatorID: component.MustNewID("basicauth")}})
			c.WriteTimeout = 5 * time.Second
			c.ServerNames = []string{"flows.example.com"}
			c.InternalNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
			c.GeoIP.Database = "/etc/country.mmdb"
			c.Format = []string{"version", "srcaddr"}
			c.Retention, c.MaxAlerts, c.MaxKeys = 24*time.Hour, 5, 64
			c.MetricsEndpoint = "https://localhost:1/metrics"
			c.Flows = Flows{Directory: "/data/flows", Retention: 48 * time.Hour, MaxSize: 500 << 20}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := createDefaultConfig().(*Config)
			tt.change(want)
			got, err := decode(t, tt.text)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestErrorsNameTheKeyAndTheValue(t *testing.T) {
	for text, want := range map[string]string{
		"endpoint: ''":                                 `endpoint: "" is not a host and a port`,
		"endpoint: localhost":                          `endpoint: "localhost" is not a host and a port`,
		"endpoint: http://localhost:8765":              `endpoint: "http://localhost:8765" is not a host and a port`,
		"server_names: ['']":                           `server_names[0]: "" is not a host name`,
		"server_names: [a, 'b:1']":                     `server_names[1]: "b:1" is not a host name`,
		"server_names: ['http://b']":                   `server_names[0]: "http://b" is not a host name`,
		"server_names: ['b/c']":                        `server_names[0]: "b/c" is not a host name`,
		"internal_networks: []":                        `internal_networks: is empty`,
		"internal_networks: [10.0.0.0]":                `internal_networks[0]: "10.0.0.0" is not a CIDR such as 10.0.0.0/8`,
		"internal_networks: ['10.1']":                  `internal_networks[0]: "10.1" is not a CIDR`,
		"internal_networks: [10.0.0.0/8, 10.0.0.0/33]": `internal_networks[1]: "10.0.0.0/33" is not a CIDR`,
		"internal_networks: [7]":                       `internal_networks[0]: "7" is not a CIDR`,
		"internal_networks: ['']":                      `internal_networks[0]: "" is not a CIDR`,
		"internal_networks: {a: b}":                    `internal_networks: a map is not a list`,
		"{internal_networks: [x], retention: 1y}":      `internal_networks[0]: "x" is not a CIDR such as 10.0.0.0/8; retention: "1y" is not a duration`,
		"retention: 30d":                               `retention: "30d" is not a duration such as 90s or 10m; write days as hours`,
		"retention: ":                                  `retention: 0s is not from`,
		"retention: 30":                                `retention: 30 needs a unit, as in 30s or 10m`,
		"retention: ''":                                `retention: "" is not a duration`,
		"retention: [1h]":                              `retention: a list is not a duration`,
		"format: [nonsense]":                           `format: `,
		"retention: 59m59s":                            `retention: 59m59s is not from 1h0m0s to 8784h0m0s`,
		"retention: 8784h1s":                           `retention: 8784h0m1s is not from 1h0m0s to 8784h0m0s`,
		"max_alerts: 0":                                `max_alerts: 0 is less than 1`,
		"max_keys: 63":                                 `max_keys: 63 is less than 64`,
		"metrics_endpoint: localhost:8888":             `metrics_endpoint: "localhost:8888" is not a URL such as http://localhost:8888/metrics`,
		"metrics_endpoint: file:///etc/host":           `metrics_endpoint: "file:///etc/host" is not a URL such as http://localhost:8888/metrics`,
		"metrics_endpoint: 'http://a b'":               `metrics_endpoint: "http://a b" is not a URL such as http://localhost:8888/metrics`,
		"geoip: {path: x}":                             `path`,
		"flows: {retention: 59m}":                      `flows::retention: 59m0s is not from 1h0m0s to 8784h0m0s`,
		"flows: {max_size: 99MiB}":                     `flows::max_size: 99MiB is less than 100MiB`,
		"flows: {max_size: 10GB}":                      `flows::max_size: "10GB" is not a size such as 10GiB`,
		"flows: {dir: x}":                              `flows::dir`,
		"max_kees: 7":                                  `max_kees`,
	} {
		t.Run(text, func(t *testing.T) {
			_, err := decode(t, text)
			require.ErrorContains(t, err, want)
		})
	}
}

func TestTheBoundsAreValid(t *testing.T) {
	for _, text := range []string{
		"flows: {retention: 1h, max_size: 100MiB}",
		"{retention: 1h, max_alerts: 1, max_keys: 64}", "{retention: 8784h}", "{endpoint: ':0'}", "{endpoint: '[::1]:80'}",
		"{server_names: [a.example.com, b]}",
	} {
		_, err := decode(t, text)
		assert.NoError(t, err, text)
	}
}
