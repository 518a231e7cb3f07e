// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"

	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

const (
	defaultHTTPTimeout      = 30 * time.Second
	defaultMaxResponseBytes = 64 << 20
)

// newHTTPClient returns the client for the URL of a threat list or an allowlist. With credentials, it does not follow
// redirects to other hosts.
func newHTTPClient(
	ctx context.Context, config *confighttp.ClientConfig, host component.Host, set component.TelemetrySettings,
) (*http.Client, error) {
	complete := withDefaults(*config)
	client, err := complete.ToClient(ctx, host.GetExtensions(), set)
	if err != nil {
		return nil, err
	}
	if len(config.Headers) > 0 || config.Auth.HasValue() {
		client.CheckRedirect = threatlist.CheckRedirect
	}
	return client, nil
}

// withDefaults fills in the defaults of the Collector, because the Collector cannot set them for elements of a list.
func withDefaults(config confighttp.ClientConfig) confighttp.ClientConfig {
	defaults := confighttp.NewDefaultClientConfig()
	config.Timeout = cmp.Or(config.Timeout, defaultHTTPTimeout)
	config.MaxIdleConns = cmp.Or(config.MaxIdleConns, defaults.MaxIdleConns)
	config.IdleConnTimeout = cmp.Or(config.IdleConnTimeout, defaults.IdleConnTimeout)
	config.ForceAttemptHTTP2 = true
	return config
}
