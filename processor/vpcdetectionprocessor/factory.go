// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package vpcdetectionprocessor detects attacks in flow log records and emits alerts.
package vpcdetectionprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"
)

var componentType = component.MustNewType("vpc_detection")

// NewFactory returns the factory of the vpc_detection processor.
func NewFactory() processor.Factory {
	return processor.NewFactory(componentType, createDefaultConfig,
		processor.WithLogs(createLogs, component.StabilityLevelAlpha))
}

func createLogs(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	if err := cfg.(*Config).checkFiles(); err != nil {
		return nil, err
	}
	return newDetector(set, cfg.(*Config), next, time.Now)
}
