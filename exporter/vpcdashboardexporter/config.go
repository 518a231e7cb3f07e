// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/confmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Config is the configuration of the exporter. The default serves the page to the local machine.
type Config struct {
	// ServerConfig is the address of the page, with TLS, authentication and the other settings of confighttp.
	confighttp.ServerConfig `mapstructure:",squash"`

	// ServerNames are the host names that requests may use besides localhost and IP addresses. If the list is empty, a page that
	// other machines can reach accepts all names.
	ServerNames []string `mapstructure:"server_names"`
	// InternalNetworks are the address ranges that count as internal. They should match internal_networks of
	// vpc_detection. The default is the private and link-local ranges.
	InternalNetworks []netip.Prefix `mapstructure:"internal_networks"`
	// GeoIP selects the country database.
	GeoIP GeoIP `mapstructure:"geoip"`
	// Format is the format of undecoded lines: default, tgw, or a list of field names.
	Format []string `mapstructure:"format"`
	// Retention is how long flows are kept, counted back from the latest event time: 1h to 8784h (366 days).
	Retention time.Duration `mapstructure:"retention"`
	// MaxAlerts is the number of alerts that are kept, at least 1. The oldest are evicted, resolved ones first.
	MaxAlerts int `mapstructure:"max_alerts"`
	// MaxKeys is the number of addresses, ports, interfaces and so on that are tracked in each time interval, at least 64.
	MaxKeys int `mapstructure:"max_keys"`
	// MetricsEndpoint is the URL of the collector's own metrics. The page takes the state of other components from them. If it is empty,
	// the page omits that state.
	MetricsEndpoint string `mapstructure:"metrics_endpoint"`
	// Storage is the storage extension that keeps what the page shows across restarts. If it is nil, a restart begins with an
	// empty page.
	Storage *component.ID `mapstructure:"storage"`
	// Flows keeps single flows on disk. By default, they are not kept.
	Flows Flows `mapstructure:"flows"`
}

// GeoIP selects the country database.
type GeoIP struct {
	// Database is the path of a country database in MaxMind's .mmdb format. If it is empty, the built-in table is used.
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
		Flows:            Flows{Retention: 7 * 24 * time.Hour, MaxSize: 10 << 30},
	}
}

// plainConfig is Config without its methods.
type plainConfig Config

// Unmarshal decodes the configuration. Errors name the YAML key and the value.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	return configdecode.Unmarshal(conf, (*plainConfig)(c))
}

const (
	minRetention = time.Hour
	maxRetention = 366 * 24 * time.Hour
	minKeys      = 64
)

// Validate returns all errors, each with its YAML key.
func (c *Config) Validate() error {
	var problems configtype.Problems
	problems.AddError(validateEndpoint(c.NetAddr))
	for i, name := range c.ServerNames {
		if u, err := url.Parse("http://" + name); err != nil || name == "" || u.Hostname() != name {
			problems.Add(fmt.Sprintf("server_names[%d]", i), "%q is not a host name", name)
		}
	}
	if len(c.InternalNetworks) == 0 {
		problems.Add("internal_networks", "is empty: no address would be internal")
	}
	if _, err := flow.ChooseFormat(c.Format); err != nil {
		problems.Add("format", "%w", err)
	}
	configtype.InRange(&problems, "retention", c.Retention, minRetention, maxRetention)
	configtype.AtLeast(&problems, "max_alerts", c.MaxAlerts, 1)
	configtype.AtLeast(&problems, "max_keys", c.MaxKeys, minKeys)
	if c.MetricsEndpoint != "" {
		problems.HTTPURL("metrics_endpoint", c.MetricsEndpoint, "http://localhost:8888/metrics")
	}
	c.Flows.validate(&problems)
	return problems.Err()
}

// validateEndpoint checks that the endpoint is a host and a port, or a Unix socket.
func validateEndpoint(address confignet.AddrConfig) error {
	if address.Transport == confignet.TransportTypeUnix {
		return nil
	}
	if _, _, err := net.SplitHostPort(address.Endpoint); err != nil {
		return fmt.Errorf("endpoint: %q is not a host and a port, such as localhost:8765", address.Endpoint)
	}
	return nil
}
