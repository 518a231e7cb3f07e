// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package strictenvprovider reads configuration values from environment variables, like the Collector's envprovider.
// Unlike envprovider, it refuses a variable that is not set and has no default.
package strictenvprovider

import (
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
)

// NewFactory returns the factory of the provider, for the key providers of a manifest of the OpenTelemetry Collector
// Builder. It replaces envprovider.
func NewFactory() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
		return &provider{Provider: envprovider.NewFactory().Create(set)}
	})
}
