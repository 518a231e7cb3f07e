// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
)

// startFlows opens the store of single flows, if one is configured.
func (d *dashboard) startFlows() error {
	if d.cfg.Flows.Directory == "" {
		return nil
	}
	store, err := flowstore.Open(flowstore.Settings{
		Directory: d.cfg.Flows.Directory, Retention: d.cfg.Flows.Retention, MaxSize: int64(d.cfg.Flows.MaxSize),
		Internal: network.NewRanges(d.cfg.InternalNetworks), Countries: d.countries, Now: d.now, Ticker: d.ticker,
	})
	if err != nil {
		return fmt.Errorf("flows::directory: %w", err)
	}
	d.flows = store
	job := periodic.StartWith(d.ticker, saveInterval, func(context.Context) { d.reportFlows() })
	d.closers = append(d.closers, func(ctx context.Context) error {
		job.Stop()
		if err := store.Close(ctx); err != nil {
			return fmt.Errorf("flows: %w", err)
		}
		d.reportFlows()
		return nil
	})
	return nil
}

// reportFlows reports to the log and to health_check when flows cannot be written, and when they can be written again.
func (d *dashboard) reportFlows() {
	err := d.flows.Status().Failure
	switch {
	case err != nil && !d.flowsFail:
		d.set.Logger.Warn("fail to store flows; the write is retried, and flows beyond a bounded number are dropped", zap.Error(err))
	case err == nil && d.flowsFail:
		d.set.Logger.Info("flows stored again")
	}
	d.flowsFail = err != nil
	d.health.Set("flows", err)
}
