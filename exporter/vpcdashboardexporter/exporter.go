// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/web"
	"github.com/vpcflow/otelcol-vpcflow/internal/componenthealth"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
)

// dashboard stores the received flows and alerts, and serves the page.
type dashboard struct {
	cfg       *Config
	set       exporter.Settings
	now       func() time.Time
	countries *countries
	store     *overview.Store
	health    componenthealth.Health
	ticker    periodic.Ticker
	saveFails bool                          // used by one save at a time
	flows     *flowstore.Store              // nil if single flows are not kept
	flowsFail bool                          // used by one report at a time
	batches   sync.Pool                     // of *batch
	closers   []func(context.Context) error // called in reverse order at shutdown
}

func newDashboard(set exporter.Settings, cfg *Config, now func() time.Time) (*dashboard, error) {
	format, err := flow.ChooseFormat(cfg.Format)
	if err != nil {
		return nil, err
	}
	reader := flowotlp.NewRecordReader(format)
	lookup := newCountries(cfg.GeoIP.Database, set.Logger)
	return &dashboard{
		cfg: cfg, set: set, now: now, countries: lookup,
		store: overview.New(overview.Settings{
			Internal: network.NewRanges(cfg.InternalNetworks), Countries: lookup,
			Retention: cfg.Retention, MaxAlerts: cfg.MaxAlerts, MaxKeys: cfg.MaxKeys, Now: now, Saved: cfg.Storage != nil,
		}),
		ticker:  periodic.SystemTicker,
		batches: sync.Pool{New: func() any { return &batch{reader: reader.Clone(), refused: map[string]uint64{}} }},
	}, nil
}

// start starts the server. An error stops the start of the collector.
func (d *dashboard) start(ctx context.Context, host component.Host) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, d.shutdown(ctx))
		}
	}()
	if err := d.countries.load(); err != nil {
		return err
	}
	d.closers = append(d.closers, d.countries.watch())
	if err := d.startSaving(ctx, host); err != nil {
		return err
	}
	d.health.SetHost(host)
	if err := d.startFlows(); err != nil {
		return err
	}
	unregister, err := registerMetrics(d.set.MeterProvider, d.store, d.flows)
	if err != nil {
		return err
	}
	d.closers = append(d.closers, unregister)
	options := web.Options{Version: d.set.BuildInfo.Version}
	if d.flows != nil {
		options.Flows = d.flows
	}
	if d.cfg.MetricsEndpoint != "" {
		reader := collectorhealth.NewReader(d.cfg.MetricsEndpoint, d.now)
		d.closers = append(d.closers, func(context.Context) error { reader.Close(); return nil })
		options.Collector = reader.Report
	}
	listener, err := listen(ctx, d.cfg)
	if err != nil {
		return err
	}
	server := pageServer{cfg: d.cfg, telemetry: d.set.TelemetrySettings, store: d.store}
	stop, err := server.serve(ctx, host, listener, options)
	if err != nil {
		return err
	}
	d.closers = append(d.closers, stop)
	return nil
}

// shutdown undoes what start has done so far.
func (d *dashboard) shutdown(ctx context.Context) error {
	var errs []error
	for _, closer := range slices.Backward(d.closers) {
		errs = append(errs, closer(ctx))
	}
	d.closers = nil
	return errors.Join(errs...)
}

// consume adds the records to the store. It never returns an error: records that cannot be decoded are counted.
func (d *dashboard) consume(_ context.Context, logs plog.Logs) error {
	b := d.batches.Get().(*batch)
	defer d.batches.Put(b)
	b.decode(logs)
	d.store.AddFlows(b.flows)
	if d.flows != nil {
		d.flows.Add(b.flows)
	}
	for _, a := range b.alerts {
		d.store.AddAlert(a)
	}
	for reason, n := range b.refused {
		d.store.AddUndecodable(reason, n)
	}
	b.clear()
	return nil
}
