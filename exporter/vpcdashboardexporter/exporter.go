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

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/scrape"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/web"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// dashboard fills a store with what it is sent, and serves pages from it.
type dashboard struct {
	cfg       *Config
	set       exporter.Settings
	now       func() time.Time
	countries *countries
	store     *overview.Store
	batches   sync.Pool                     // of *batch
	atEnd     []func(context.Context) error // what shutdown undoes, in the order of start
}

func newDashboard(set exporter.Settings, cfg *Config, now func() time.Time) (*dashboard, error) {
	format, err := flow.ChooseFormat(cfg.Format)
	if err != nil {
		return nil, err
	}
	reader := flowotlp.NewRecordReader(format)
	known := newCountries(cfg.GeoIP.Database, set.Logger)
	return &dashboard{
		cfg: cfg, set: set, now: now, countries: known,
		store: overview.New(overview.Settings{
			Internal: network.NewRanges(cfg.InternalNetworks), Countries: known,
			Retention: cfg.Retention, MaxAlerts: cfg.MaxAlerts, MaxKeys: cfg.MaxKeys, Now: now,
		}),
		batches: sync.Pool{New: func() any { return &batch{reader: reader.Clone(), refused: map[string]uint64{}} }},
	}, nil
}

// start serves the page. What stands in its way stops the collector's start.
func (d *dashboard) start(ctx context.Context, host component.Host) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, d.shutdown(ctx))
		}
	}()
	if err := d.countries.load(); err != nil {
		return err
	}
	d.atEnd = append(d.atEnd, d.countries.watch())
	unmeasure, err := measure(d.set.MeterProvider, d.store)
	if err != nil {
		return err
	}
	d.atEnd = append(d.atEnd, unmeasure)
	options := web.Options{Version: d.set.BuildInfo.Version}
	if d.cfg.MetricsEndpoint != "" {
		collector := scrape.New(d.cfg.MetricsEndpoint, d.now)
		d.atEnd = append(d.atEnd, func(context.Context) error { collector.Close(); return nil })
		options.Collector = collector.Health
	}
	listener, err := d.listen(ctx)
	if err != nil {
		return err
	}
	stop, err := d.serve(ctx, host, listener, options)
	if err != nil {
		return err
	}
	d.atEnd = append(d.atEnd, stop)
	return nil
}

// shutdown lets go of what start took hold of, as far as that came.
func (d *dashboard) shutdown(ctx context.Context) error {
	var wrong []error
	for _, end := range slices.Backward(d.atEnd) {
		wrong = append(wrong, end(ctx))
	}
	d.atEnd = nil
	return errors.Join(wrong...)
}

// consume shows what is sent. It refuses nothing: what can not be understood is counted, and the rest is shown.
func (d *dashboard) consume(_ context.Context, logs plog.Logs) error {
	b := d.batches.Get().(*batch)
	defer d.batches.Put(b)
	b.understand(logs)
	d.store.AddFlows(b.flows)
	for _, a := range b.alerts {
		d.store.AddAlert(a)
	}
	for reason, n := range b.refused {
		d.store.AddUndecodable(reason, n)
	}
	b.clear()
	return nil
}
