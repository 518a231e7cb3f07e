// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

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

// firehoseConfig says where Amazon Data Firehose sends to, and who may.
type firehoseConfig struct {
	// ServerConfig is the HTTP server: the options of the collector's confighttp.
	confighttp.ServerConfig `mapstructure:",squash"`

	// AccessKey is the access key of the HTTP endpoint destination, which Firehose sends with each request. It may only be
	// empty where nobody else can reach the endpoint, or where `auth` is given.
	AccessKey configopaque.String `mapstructure:"access_key"`

	// PreviousAccessKey is accepted, too, while Firehose is being given another; empty accepts none.
	PreviousAccessKey configopaque.String `mapstructure:"previous_access_key"`

	// MaxConcurrentRequests is how many requests are read at the same time; others wait. At least 1.
	MaxConcurrentRequests int `mapstructure:"max_concurrent_requests"`
}

const (
	// answerWithin is how long a request may take: Firehose waits for 3 minutes. See "Understand HTTP endpoint delivery
	// request and response specifications" in the developer guide of Amazon Data Firehose, as for all that is said of it here.
	answerWithin = 150 * time.Second
	// maxAccessKey is the longest key that Firehose sends, in bytes.
	maxAccessKey = 4096
)

// defaultFirehose has room for what Firehose sends with its largest buffer, 64 MiB, as base64. The time for an answer is
// longer than that for a request, so that it can be said that a request took too long.
func defaultFirehose() firehoseConfig {
	c := firehoseConfig{ServerConfig: confighttp.NewDefaultServerConfig(), MaxConcurrentRequests: 8}
	c.NetAddr.Endpoint = "localhost:4433"
	c.MaxRequestBodySize = 96 << 20
	c.CompressionAlgorithms = []string{"", "gzip"}
	c.ReadTimeout = answerWithin
	c.WriteTimeout = answerWithin + 10*time.Second
	return c
}

// validateFirehose names each mistake by its key and, unless it is secret, the value it got. Those of the server are
// checked by its own Validate.
func validateFirehose(c *firehoseConfig) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("firehose::"+format, args...)) }
	if c.NetAddr.Endpoint == "" {
		bad("endpoint: must be an address and a port to listen at")
	}
	if c.AccessKey == "" && !c.Auth.HasValue() && !c.isLocal() {
		bad("access_key: must be given where others can reach the endpoint, got none with endpoint %q", c.NetAddr.Endpoint)
	}
	if c.PreviousAccessKey != "" && c.AccessKey == "" {
		bad("previous_access_key: means nothing without an access_key")
	}
	for name, key := range map[string]configopaque.String{"access_key": c.AccessKey, "previous_access_key": c.PreviousAccessKey} {
		if strings.TrimSpace(string(key)) != string(key) {
			bad("%s: must not begin or end with a blank or a line end", name) // As that of a file that it was read from.
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
	return errors.Join(errs...)
}

// isLocal says that only this machine can reach the endpoint.
func (c *firehoseConfig) isLocal() bool {
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
