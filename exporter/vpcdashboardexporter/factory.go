// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package vpcdashboardexporter implements the vpc_dashboard exporter, which shows flows and alerts on a web page.
package vpcdashboardexporter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
)

var componentType = component.MustNewType("vpc_dashboard")

// NewFactory returns the factory of the vpc_dashboard exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(componentType, createDefaultConfig,
		exporter.WithLogs(createLogs, component.StabilityLevelAlpha))
}

func createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	if err := cfg.(*Config).checkFiles(); err != nil {
		return nil, err
	}
	d, err := newDashboard(set, cfg.(*Config), time.Now)
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewLogs(ctx, set, cfg, d.consume, exporterhelper.WithStart(d.start), exporterhelper.WithShutdown(d.shutdown),
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{})) // consume never blocks
}
