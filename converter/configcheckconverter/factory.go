// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package configcheckconverter checks a configuration for mistakes that no single component can find. It changes one thing:
// if max_state_mib of vpc_detection is not set, it keeps the state below the limit of the pipeline's memory_limiter.
//
// The Collector runs it at startup and in its validate command, before it decodes the configuration. It looks only at
// components that a pipeline or service::extensions uses.
package configcheckconverter

import (
	"os"
	"slices"

	"go.opentelemetry.io/collector/confmap"
)

// NewFactory returns the factory of the converter, for the key converters of a manifest of the OpenTelemetry Collector
// Builder.
func NewFactory() confmap.ConverterFactory {
	return confmap.NewConverterFactory(newConverter)
}

func newConverter(set confmap.ConverterSettings) confmap.Converter {
	c := &converter{log: set.Logger}
	// The validate command discards the log.
	if slices.Contains(os.Args[1:], "validate") {
		c.stderr = os.Stderr
	}
	return c
}
