// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package alertnotifierexporter sends alerts to people and to Prometheus Alertmanager.
package alertnotifierexporter

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
)

var componentType = component.MustNewType("alert_notifier")

// NewFactory returns the factory of the alert_notifier exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(componentType, createDefaultConfig,
		exporter.WithLogs(createLogs, component.StabilityLevelAlpha))
}

func createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	n, err := newNotifier(ctx, set, cfg.(*Config), realSystem())
	if err != nil {
		return nil, err
	}
	if err := n.checkFiles(); err != nil {
		return nil, err
	}
	return n, nil
}
