// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/componenthealth"
	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// detector connects detection engines to the Collector: log records, clock, storage, files and metrics.
type detector struct {
	*shard // of the flows without a partition

	cfg       *Config
	set       processor.Settings
	next      consumer.Logs
	now       func() time.Time
	newTicker periodic.Ticker

	delay      detectionDelay
	shards     int
	batches    sync.Pool // of *batch
	tables     *engineTables
	partitions *partitions
	formats    *formatWarnings
	untimely   *untimelyWarnings
	expired    sync.Map // the allowlist entries whose end was logged
	health     *componenthealth.Health
	lists      *threatLists
	countries  *countries
	host       component.Host
	firstFetch time.Duration // how long Start waits for threat lists and allowlists at URLs

	startReloads func([]reload) (stop func())
	closers      []func() error // called by Shutdown in reverse order
}

func newDetector(set processor.Settings, cfg *Config, next consumer.Logs, now func() time.Time) (*detector, error) {
	format, err := flow.ChooseFormat(cfg.Format)
	if err != nil {
		return nil, err
	}
	delay, err := newDetectionDelay(set.MeterProvider)
	if err != nil {
		return nil, err
	}
	shards := cfg.Shards
	if shards == 0 {
		shards = runtime.GOMAXPROCS(0)
	}
	d := &detector{
		cfg:        cfg,
		set:        set,
		next:       next,
		now:        now,
		newTicker:  periodic.SystemTicker,
		delay:      delay,
		shards:     shards,
		batches:    newBatches(format, shards, cfg.EmitDryRun),
		tables:     newEngineTables(),
		formats:    &formatWarnings{log: set.Logger},
		untimely:   newUntimelyWarnings(set.Logger, now),
		health:     new(componenthealth.Health),
		firstFetch: defaultFirstFetch,

		startReloads: startReloads,
	}
	d.shard, d.partitions = d.newShard(""), newPartitions(d)
	return d, nil
}

// Capabilities declares that the processor does not change the records.
func (*detector) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// ConsumeLogs classifies the records, passes the flows to the engine, and emits the alerts. Once the engine has
// evaluated the flows, it returns no error, because a retry would count them twice. It skips records that were counted
// before, if their receiver attaches a position. Each partition of a topic has an engine of its own; see partitions.
func (d *detector) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	s, err := d.partitions.shardOf(ctx)
	if err != nil {
		return err
	}
	if s != d.shard && logs.LogRecordCount() == 0 {
		return nil // The receiver only announces the partition.
	}
	b := d.batches.Get().(*batch)
	defer d.batches.Put(b)
	received := delivery.FromContext(ctx)
	b.classify(logs, s.engine.Engine, d.now().Unix())
	if received != nil {
		b.skipCounted(logs, s.engine.Engine, d.now().Unix(), received, received.Start(d, func() int64 { return s.engine.counted(received.Input) }))
		b.skipRead(s.engine, received)
	}
	b.checkFormats(d.formats)
	if d.cfg.ForwardFlows {
		if err := d.next.ConsumeLogs(ctx, logs); err != nil {
			return err
		}
	}
	if err := d.detect(ctx, s, b, received); err != nil {
		return err
	}
	s.queue.flush(ctx)
	return nil
}

// detect passes the flows to the engine and adds the alerts to the queue. The alerts are not sent before the storage
// covers them, so that a key that has alerted as new does not alert again after a crash. received is nil if the position
// of the records is unknown. An error means that the flows must be sent again.
func (d *detector) detect(ctx context.Context, s *shard, b *batch, received *delivery.Batch) error {
	s.engine.Lock()
	if s.err != nil {
		defer s.engine.Unlock()
		return s.err
	}
	for _, flows := range b.outOfRange {
		s.engine.AddOutOfRange(flows)
	}
	if hops := s.engine.ObserveAll(b.events, b.addAlert); hops > 0 {
		b.skipped[detect.Hop.String()] += hops
	}
	s.engine.countSkipped(b.skipped)
	if received != nil {
		s.engine.Count(received.Input, received.End())
		if origin := received.Origin; origin != nil {
			s.engine.Count(origin.Input, origin.End)
		}
	}
	d.delay.record(ctx, b.alerts, d.now())
	s.stopped.observe(b.logged, b.addAlert)
	s.queue.hold(b.alerts)
	s.checkpoints.noteOffset(ctx)
	err := s.checkpoints.cover(ctx, received)
	s.queue.release()
	expired, untimely := s.engine.TakeExpired(), s.engine.Untimely()
	s.engine.Unlock()

	d.untimely.check(untimely)
	for _, entry := range expired {
		if _, logged := d.expired.LoadOrStore(entry, true); !logged {
			d.set.Logger.Warn("allowlist entry expired; its traffic is evaluated again",
				zap.String("entry", entry.Name), zap.Stringer("expires", entry.Expires))
		}
	}
	return err
}

// Start loads threat lists, countries and allowlists, restores the saved state, and starts the periodic jobs.
func (d *detector) Start(ctx context.Context, host component.Host) (err error) {
	d.host = host
	d.health.SetHost(host)
	store, err := d.openListStore(ctx, host)
	if err != nil {
		return err
	}
	d.lists, err = newThreatLists(ctx, d.cfg.ThreatLists, d.cfg.separateLists(), store, host, d.set.TelemetrySettings, d.now, d.tables.SetThreats, d.firstFetch)
	if err != nil {
		return err
	}
	d.countries, err = newCountries(d.cfg.GeoIP.Database, d.now, d.set.Logger, d.tables.SetCountries)
	if err != nil {
		return err
	}
	allowlists, err := newAllowlistFiles(ctx, d.cfg.IgnoreFiles, d.cfg.CheckIgnore, store, host, d.set.TelemetrySettings, d.now, d.tables.SetIgnoreFiles)
	if err != nil {
		return err
	}
	names, err := newNameFiles(d.cfg.Names, d.now, d.set.Logger, d.tables.SetNames)
	if err != nil {
		return err
	}
	systems, err := newSystems(d.cfg.ASN.Database, d.set.Logger, d.tables.SetSystems)
	if err != nil {
		return err
	}
	if err := d.newEngine(d.shard, d.shards); err != nil {
		return err
	}
	if err := d.importState(ctx); err != nil {
		return err
	}
	loadAll(ctx, allowlists.urls, d.firstFetch)
	allowlists.apply()
	names.apply()
	systems.apply()
	if err := d.openCheckpoints(ctx, d.shard); err != nil {
		return err
	}
	d.closers = append(d.closers, func() error { return d.closeCheckpoints(true) })
	unregister, err := registerMetrics(d.set.MeterProvider, d.snapshot)
	if err != nil {
		return err
	}
	d.closers = append(d.closers, unregister)
	d.logDryRun()
	if err := d.startTuningReport(); err != nil {
		return err
	}
	retries := periodic.Start(retryInterval, d.flush)
	reloads := slices.Concat(d.lists.reloads(), d.countries.reloads(), allowlists.reloads(), names.reloads(), systems.reloads())
	stop := d.startReloads(append(reloads, d.checkSilence))
	d.closers = append(d.closers, func() error {
		retries.Stop() // also cancels a call of the next component that does not return
		stop()
		d.flushLast(d.shard)
		return nil
	}, d.partitions.start())
	return nil
}

// flush sends the pending alerts of all shards.
func (d *detector) flush(ctx context.Context) {
	for _, s := range d.partitions.all() {
		s.queue.flush(ctx)
	}
}

// logDryRun reports the rules whose alerts are only counted.
func (d *detector) logDryRun() {
	var ids []string
	for _, rule := range d.engine.Stats().Rules {
		if rule.DryRun {
			ids = append(ids, rule.Rule)
		}
	}
	if len(ids) > 0 && !d.cfg.EmitDryRun {
		d.set.Logger.Info("dry-run alerts are counted, not emitted; set emit_dry_run to see them", zap.Strings("rules", ids))
	}
}

// lastFlushTimeout is how long the next component may take for the pending alerts at shutdown.
const lastFlushTimeout = 2 * time.Second

// flushLast sends the pending alerts of a shard once more.
func (d *detector) flushLast(s *shard) {
	ctx, cancel := context.WithTimeout(context.Background(), lastFlushTimeout)
	defer cancel()
	s.queue.flush(ctx)
	if pending, _ := s.queue.counts(); pending > 0 && !s.checkpoints.isStored() {
		d.set.Logger.Error("pending alerts lost at shutdown", zap.Int64("alerts", pending))
	}
}

// openListStore opens the store of threat lists and allowlists. Shutdown closes it.
func (d *detector) openListStore(ctx context.Context, host component.Host) (*threatlist.Store, error) {
	store, closeStore, err := openListStore(ctx, host, d.cfg, d.set.ID)
	if err == nil {
		d.closers = append(d.closers, closeStore)
	}
	return store, err
}

// startTuningReport writes the tuning report periodically and at shutdown, if one is configured.
func (d *detector) startTuningReport() error {
	report := d.cfg.TuningReport
	if report == nil {
		return nil
	}
	if err := report.checkWritable(); err != nil {
		return err
	}
	start := d.now()
	write := func() error { return report.write(d.engine.Profile(), start, d.now()) }
	job := periodic.StartWith(d.newTicker, report.Interval, func(context.Context) {
		if err := write(); err != nil {
			d.set.Logger.Error("fail to write tuning report", zap.Error(err))
		}
	})
	d.closers = append(d.closers, func() error {
		job.Stop()
		return write()
	})
	return nil
}

// Shutdown sends the pending alerts once, and stops everything that Start has started. With storage, alerts that are
// still pending are saved and sent after the next start.
func (d *detector) Shutdown(context.Context) error {
	var errs []error
	for _, closer := range slices.Backward(d.closers) {
		errs = append(errs, closer())
	}
	d.closers = nil
	return errors.Join(errs...)
}
