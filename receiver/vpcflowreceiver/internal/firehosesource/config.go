// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/confignet"
	"go.opentelemetry.io/collector/config/configopaque"
)

// Config is the endpoint that Amazon Data Firehose delivers to.
type Config struct {
	// ServerConfig is the HTTP server: the options of the collector's confighttp.
	confighttp.ServerConfig `mapstructure:",squash"`

	// AccessKey is the access key of the HTTP endpoint destination, which Firehose sends with each request. It may be empty
	// only if no other machine can reach the endpoint, or if `auth` is set.
	AccessKey configopaque.String `mapstructure:"access_key"`

	// PreviousAccessKey is also accepted, for use while the key of a delivery stream is being replaced. Empty means none.
	PreviousAccessKey configopaque.String `mapstructure:"previous_access_key"`

	// MaxConcurrentRequests is the maximum number of requests that are read concurrently; others wait. At least 1.
	MaxConcurrentRequests int `mapstructure:"max_concurrent_requests"`

	// MinBodyRate is the rate in bytes per second at which a body must arrive on average after its first 10 s. Zero means any
	// rate.
	MinBodyRate int64 `mapstructure:"min_body_rate"`
}

const (
	// responseTimeout bounds the time until the response to a request. Firehose waits for 3 minutes.
	responseTimeout = 150 * time.Second
	// maxAccessKey is the longest key of Firehose, in bytes.
	maxAccessKey = 4096
)

// NewDefaultConfig returns the default configuration. A request may hold the largest buffer of Firehose, 64 MiB, as
// base64. The write timeout is longer than the read timeout, so that a request that took too long still gets a
// response.
func NewDefaultConfig() Config {
	c := Config{ServerConfig: confighttp.NewDefaultServerConfig(), MaxConcurrentRequests: 8, MinBodyRate: 10 << 10}
	c.NetAddr.Endpoint = "localhost:4433"
	c.MaxRequestBodySize = 96 << 20
	c.CompressionAlgorithms = []string{"", "gzip"}
	c.ReadTimeout = responseTimeout
	c.WriteTimeout = responseTimeout + 10*time.Second
	return c
}

// Check returns all errors in the configuration, each with its key and, unless it is secret, its value. The collector calls
// the Validate methods of the options of the server.
func (c *Config) Check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("firehose::"+format, args...)) }
	if c.NetAddr.Endpoint == "" {
		bad("endpoint: must be an address and a port to listen on")
	}
	if c.AccessKey == "" && !c.Auth.HasValue() && !c.isLocal() {
		bad("access_key: must be set if other machines can reach the endpoint, got none with endpoint %q", c.NetAddr.Endpoint)
	}
	if c.PreviousAccessKey != "" && c.AccessKey == "" {
		bad("previous_access_key: needs access_key")
	}
	for name, key := range map[string]configopaque.String{"access_key": c.AccessKey, "previous_access_key": c.PreviousAccessKey} {
		if strings.TrimSpace(string(key)) != string(key) {
			bad("%s: must not begin or end with a space or a line end", name) // A key read from a file often does.
		}
		if len(key) > maxAccessKey {
			bad("%s: must have at most %d bytes, got %d", name, maxAccessKey, len(key))
		}
	}
	if c.MaxRequestBodySize < 1 {
		bad("max_request_body_size: must be at least 1, got %d", c.MaxRequestBodySize)
	}
	if c.MaxConcurrentRequests < 1 {
		bad("max_concurrent_requests: must be at least 1, got %d", c.MaxConcurrentRequests)
	}
	if c.MinBodyRate < 0 {
		bad("min_body_rate: must not be negative, got %d", c.MinBodyRate)
	}
	return errors.Join(errs...)
}

// isLocal reports whether only this machine can reach the endpoint.
func (c *Config) isLocal() bool {
	if c.NetAddr.Transport == confignet.TransportTypeUnix {
		return true
	}
	host, _, err := net.SplitHostPort(c.NetAddr.Endpoint)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
