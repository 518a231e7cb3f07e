// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Config is the configuration of the exporter. An empty one serves the page to the machine that the collector runs on.
type Config struct {
	// ServerConfig is where and how the page is served: endpoint, tls, auth and what else confighttp knows.
	confighttp.ServerConfig `mapstructure:",squash"`

	// ServerNames are the host names under which the page may be called, beside localhost and IP addresses. Without any,
	// a page that is served beyond this machine may be called by any name.
	ServerNames []string `mapstructure:"server_names"`
	// InternalNetworks are the networks whose addresses are one's own: by default the private and link-local ranges. They
	// should be those of vpc_detection. A given list replaces the default.
	InternalNetworks []netip.Prefix `mapstructure:"internal_networks"`
	// GeoIP says where the countries of addresses come from.
	GeoIP GeoIP `mapstructure:"geoip"`
	// Format is that of lines in the bodies of records that do not say it themselves: default, tgw, or field names.
	Format []string `mapstructure:"format"`
	// Retention is how far back from the latest event time flows are shown, from 1h to 8784h (366 days).
	Retention time.Duration `mapstructure:"retention"`
	// MaxAlerts is how many alerts are kept. Beyond it the oldest are forgotten, and of those the resolved ones first.
	MaxAlerts int `mapstructure:"max_alerts"`
	// MaxKeys is how many addresses, ports, interfaces and so on are followed in each stretch of time, at least 64.
	MaxKeys int `mapstructure:"max_keys"`
	// MetricsEndpoint is the URL of the collector's own metrics, in which the page finds how the receiver and
	// vpc_detection do. Empty means that it does not look.
	MetricsEndpoint string `mapstructure:"metrics_endpoint"`
}

// GeoIP says where the countries of addresses come from.
type GeoIP struct {
	// Database is the path of a country database in MaxMind's .mmdb form. Empty means the built-in table.
	Database string `mapstructure:"database"`
}

func createDefaultConfig() component.Config {
	server := confighttp.NewDefaultServerConfig()
	server.NetAddr.Endpoint = "localhost:8765"
	return &Config{
		ServerConfig:     server,
		InternalNetworks: slices.Clone(network.DefaultInternal),
		Format:           []string{"default"},
		Retention:        31 * 24 * time.Hour,
		MaxAlerts:        10_000,
		MaxKeys:          512,
		MetricsEndpoint:  "http://localhost:8888/metrics",
	}
}

const (
	minRetention = time.Hour
	maxRetention = 366 * 24 * time.Hour
	minKeys      = 64
)

// Validate names every mistake by its YAML key.
func (c *Config) Validate() error {
	var wrong []error
	if err := checkEndpoint(c.NetAddr); err != nil {
		wrong = append(wrong, err)
	}
	for i, name := range c.ServerNames {
		if u, err := url.Parse("http://" + name); err != nil || name == "" || u.Hostname() != name {
			wrong = append(wrong, fmt.Errorf("server_names[%d]: %q is not a host name", i, name))
		}
	}
	if len(c.InternalNetworks) == 0 {
		wrong = append(wrong, errors.New("internal_networks: is empty: nothing would be internal"))
	}
	if _, err := flow.ChooseFormat(c.Format); err != nil {
		wrong = append(wrong, fmt.Errorf("format: %w", err))
	}
	if c.Retention < minRetention || c.Retention > maxRetention {
		wrong = append(wrong, fmt.Errorf("retention: %v is not from %v to %v", c.Retention, minRetention, maxRetention))
	}
	if c.MaxAlerts < 1 {
		wrong = append(wrong, fmt.Errorf("max_alerts: %d is less than 1", c.MaxAlerts))
	}
	if c.MaxKeys < minKeys {
		wrong = append(wrong, fmt.Errorf("max_keys: %d is less than %d", c.MaxKeys, minKeys))
	}
	if c.MetricsEndpoint != "" {
		u, err := url.Parse(c.MetricsEndpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			wrong = append(wrong, fmt.Errorf("metrics_endpoint: %q is not the URL of metrics, such as http://localhost:8888/metrics", c.MetricsEndpoint))
		}
	}
	return errors.Join(wrong...)
}

// checkEndpoint looks whether the page has an address that people can open.
func checkEndpoint(address confignet.AddrConfig) error {
	if address.Transport == confignet.TransportTypeUnix {
		return nil
	}
	if _, _, err := net.SplitHostPort(address.Endpoint); err != nil {
		return fmt.Errorf("endpoint: %q is not a host and a port, such as localhost:8765", address.Endpoint)
	}
	return nil
}
