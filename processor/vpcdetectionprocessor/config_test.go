// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

func TestConfigOverridesTheDefaults(t *testing.T) {
	file, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	for name, change := range map[string]func(*testing.T, *Config){
		"":                       func(*testing.T, *Config) {},
		"nulls":                  func(*testing.T, *Config) {},
		"rules_without_settings": func(*testing.T, *Config) {},
		"format_word":            func(_ *testing.T, c *Config) { c.Format = []string{"tgw"} },
		"one_network": func(_ *testing.T, c *Config) {
			c.InternalNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		},
		"ignore_lists": func(t *testing.T, c *Config) {
			c.Ignore = []detect.Ignore{{
				Source:   networks("10.0.9.5/32", "fd00::9/128", "10.1.0.0/16"),
				Port:     ports(t, "22", "8000-8999"),
				Protocol: []detect.Protocol{6, 17, 1},
				Country:  []string{"SE", "NO"},
				Account:  []configtype.Account{"123456789012", "210987654321"},
				Name:     "7",
			}}
		},
		"all": setAll,
	} {
		t.Run(name, func(t *testing.T) {
			want := createDefaultConfig().(*Config)
			change(t, want)
			section, err := file.Sub(component.NewIDWithName(componentType, name).String())
			require.NoError(t, err)
			got := createDefaultConfig().(*Config)
			require.NoError(t, section.Unmarshal(got))
			require.NoError(t, got.Validate())
			assert.Equal(t, want, got)
		})
	}
}

func setAll(t *testing.T, c *Config) {
	t.Helper()
	c.Scope = detect.ByVPC
	c.InternalNetworks = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("fc00::/7"),
	}
	c.ServicePorts = []int{3306, 8443}
	c.EvaluateHops = true
	c.MaxFuture = time.Minute
	c.AllowedLateness = time.Hour
	c.RepeatInterval = 12 * time.Hour
	c.EmitResolved = true
	c.Mitre = detect.AttackIDs
	c.ForwardFlows = true
	c.Format = []string{"version", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "start", "action"}
	c.CheckpointInterval = time.Minute
	c.MaxPendingAlerts = 500
	c.TuningReport = &TuningReport{Path: "/var/lib/vpcflow/tuning.md", Interval: 5 * time.Minute}
	c.GeoIP.Database = "/etc/GeoLite2-Country.mmdb"
	c.ThreatLists = []ThreatList{
		{Name: "feodo", Path: "/etc/vpcflow/feodo.txt", Category: "c2", Severity: "critical"},
		{Name: "own", Path: "/etc/vpcflow/own.csv", Format: "csv", Column: "ip"},
		{
			Name: "intel", URL: "https://taxii.example.com/api1/collections/1/", Format: "taxii", AllowEmpty: true,
			RefreshInterval: 12 * time.Hour, MaxResponseBytes: 1_000_000,
			HTTP: confighttp.ClientConfig{
				ProxyURL: "http://proxy:3128",
				Timeout:  time.Minute,
				Headers:  configopaque.MapList{{Name: "Key", Value: "secret"}},
				TLS:      configtls.ClientConfig{Config: configtls.Config{CAFile: "/etc/vpcflow/ca.pem"}},
				Auth:     configoptional.Some(configauth.Config{AuthenticatorID: component.MustNewIDWithName("basicauth", "taxii")}),
			},
		},
	}
	storage := component.MustNewIDWithName("file_storage", "detection")
	c.Storage = &storage
	c.IgnoreFiles = []IgnoreFile{
		{Path: "/etc/vpcflow/ignore.yaml"},
		{URL: "https://ignore.example.com/all.yaml"},
		{
			URL: "https://ignore.example.com/team.yaml", RefreshInterval: time.Minute, MaxResponseBytes: 1_000_000,
			HTTP: confighttp.ClientConfig{Timeout: 10 * time.Second, Headers: configopaque.MapList{{Name: "Key", Value: "secret"}}},
		},
	}
	c.Ignore = []detect.Ignore{{
		Source:      networks("10.0.9.5/32"),
		Destination: networks("10.0.0.0/16"),
		Port:        ports(t, "8000-8999"),
		Protocol:    []detect.Protocol{6},
		Country:     []string{"SE"},
		Interface:   []string{"eni-0a1b2c3d4e5f60718"},
		Instance:    []string{"i-0123456789abcdef0"},
		Account:     []configtype.Account{"012345678901"},
		HostName:    []string{"scanner-1"},
		Owner:       []string{"security"},
		Tag:         []string{"tool=nessus", "env"},
		Rule:        []string{"dns_not_over_udp", "unusual_country"},
		Name:        "scanner",
		Reason:      "our own vulnerability scanner",
		Expires:     detect.Expiry(time.Date(2027, 6, 30, 12, 30, 0, 0, time.UTC).Unix()),
	}}

	// Other settings keep the rule's defaults.
	c.Rules["rejected_internal_scan"] = detect.Settings{
		Enabled: true, Threshold: 50, Window: 5 * time.Minute, QuietPeriod: 2 * time.Hour, Severity: alert.High, MaxKeys: 1000,
	}
	c.Rules["internal_port_scan"] = detect.Settings{
		Enabled: true, Threshold: 25, Window: 10 * time.Minute, QuietPeriod: time.Hour, MaxKeys: 200_000, GroupBy: detect.BySource,
	}
	c.Rules["remote_service_brute_force"] = detect.Settings{
		Enabled: true, Failures: 10, Window: 30 * time.Minute, QuietPeriod: time.Hour, MaxKeys: 200_000, Ports: []int{22, 3389, 5900},
	}
	c.Rules["dns_not_over_udp"] = detect.Settings{QuietPeriod: 24 * time.Hour, MaxKeys: 200_000}
	c.Rules["new_internal_peer"] = detect.Settings{Enabled: true, Retention: 30 * 24 * time.Hour, MaxKeys: 5_000_000}
	c.Rules["excessive_inbound_icmp"] = detect.Settings{
		Enabled: true, Threshold: 1000, Window: 5 * time.Minute, QuietPeriod: time.Hour, MaxKeys: 200_000, IncludeInternal: true,
	}
	c.Rules["remote_service_rejects"] = detect.Settings{
		Enabled: true, Threshold: 10, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour, MaxKeys: 200_000, Ports: []int{22, 3389},
		Ignore: []detect.Ignore{{Source: networks("192.0.2.7/32")}},
	}
	c.Rules["large_outbound_transfer"] = detect.Settings{
		Enabled: true, Threshold: 1_000_000_000, Window: time.Hour, QuietPeriod: 6 * time.Hour, MaxKeys: 200_000, IncludeReplies: true,
	}
}

func networks(cidrs ...string) (list []detect.Network) {
	for _, cidr := range cidrs {
		list = append(list, detect.Network(netip.MustParsePrefix(cidr)))
	}
	return list
}

func ports(t *testing.T, texts ...string) []detect.PortRange {
	t.Helper()
	list := make([]detect.PortRange, len(texts))
	for i, text := range texts {
		require.NoError(t, list[i].UnmarshalText([]byte(text)))
	}
	return list
}

func TestUnmarshalDoesNotChangeOtherConfigs(t *testing.T) {
	original := createDefaultConfig().(*Config)
	changed := *original
	require.NoError(t, parse(t, "rules: {remote_service_rejects: {ports: [2222], threshold: 1}}").Unmarshal(&changed))
	assert.Equal(t, createDefaultConfig(), original)
	assert.Equal(t, []int{2222}, changed.Rules["remote_service_rejects"].Ports)
}

func TestConfigBuiltInCode(t *testing.T) {
	assert.NoError(t, createDefaultConfig().(*Config).Validate())
	assert.NoError(t, confmap.New().Unmarshal(createDefaultConfig().(*Config)))
}
