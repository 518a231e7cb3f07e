// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package alertnotifierexporter tells people and Alertmanager of alerts.
package alertnotifierexporter

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
)

var componentType = component.MustNewType("alert_notifier")

// scopeName is the instrumentation scope of the exporter's own metrics.
const scopeName = "github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter"

// NewFactory returns the factory of the alert_notifier exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(componentType, createDefaultConfig,
		exporter.WithLogs(createLogs, component.StabilityLevelAlpha))
}

func createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	return newNotifier(ctx, set, cfg.(*Config), system())
}
