// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

// saveInterval is the time between two saves. A crash loses at most what arrived in this time.
const saveInterval = 5 * time.Second

// startSaving loads what was saved, and saves changes until shutdown. Without a storage, it does nothing.
func (d *dashboard) startSaving(ctx context.Context, host component.Host) error {
	client, err := storageclient.Open(ctx, host, d.cfg.Storage, component.KindExporter, d.set.ID, "")
	if client == nil || err != nil {
		return err
	}
	d.closers = append(d.closers, client.Close)
	bad, err := d.store.Load(func(key string) ([]byte, error) { return client.Get(ctx, key) })
	if err != nil {
		return err
	}
	for _, problem := range bad {
		d.set.Logger.Warn("fail to load a part of the page; it is left out", zap.Error(problem))
	}
	d.health.SetHost(host)
	job := periodic.StartWith(d.ticker, saveInterval, func(ctx context.Context) { d.save(ctx, client) })
	d.closers = append(d.closers, func(ctx context.Context) error {
		job.Stop()
		d.save(ctx, client)
		return nil
	})
	return nil
}

// save saves what has changed. If that fails, the page still works, and the next save tries again.
func (d *dashboard) save(ctx context.Context, client storage.Client) {
	err := d.store.Save(func(changes []overview.Change) error {
		operations := make([]*storage.Operation, len(changes))
		for i, c := range changes {
			if c.Value == nil {
				operations[i] = storage.DeleteOperation(c.Key)
			} else {
				operations[i] = storage.SetOperation(c.Key, c.Value)
			}
		}
		return client.Batch(ctx, operations...)
	})
	switch {
	case err != nil && !d.saveFails:
		d.set.Logger.Warn("fail to save the page; it is saved again every 5 s", zap.Error(err))
	case err == nil && d.saveFails:
		d.set.Logger.Info("page saved again")
	}
	d.saveFails = err != nil
	d.health.Set("storage", err)
}
