// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkaclient"
)

var componentType = component.MustNewType("kafka_storage")

// NewFactory returns the factory of the kafka_storage extension.
func NewFactory() extension.Factory {
	return extension.NewFactory(componentType, createDefaultConfig, create, component.StabilityLevelAlpha)
}

func createDefaultConfig() component.Config {
	return &Config{
		Config:            kafkaclient.NewDefaultConfig(),
		Topic:             "vpc-flow-state",
		CreateTopic:       true,
		Partitions:        12,
		ReplicationFactor: -1,
		Timeout:           5 * time.Second,
		MaxMessageBytes:   1_000_000,
		MaxMemoryMiB:      256,
		CacheMiB:          64,
	}
}

func create(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
	return newStorage(set.TelemetrySettings, cfg.(*Config)), nil
}
