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

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
	"github.com/vpcflow/otelcol-vpcflow/internal/statelimit"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// detector connects the detection engine to the Collector: log records, clock, storage, files and metrics.
type detector struct {
	cfg       *Config
	set       processor.Settings
	next      consumer.Logs
	now       func() time.Time
	newTicker periodic.Ticker

	delay       detectionDelay
	shards      int
	batches     sync.Pool // of *batch
	engine      *lockedEngine
	queue       *alertQueue
	stopped     *flowLogsStopped // nil if the rule is disabled
	formats     *formatWarnings
	untimely    *untimelyWarnings
	checkpoints *checkpoints
	lists       *threatLists
	firstFetch  time.Duration // how long Start waits for threat lists and allowlists at URLs

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
	engine, queue := newLockedEngine(), newAlertQueue(next, cfg.MaxPendingAlerts, set, now)
	return &detector{
		cfg:         cfg,
		set:         set,
		next:        next,
		now:         now,
		newTicker:   periodic.SystemTicker,
		delay:       delay,
		shards:      shards,
		batches:     newBatches(format, shards, cfg.EmitDryRun),
		engine:      engine,
		queue:       queue,
		formats:     &formatWarnings{log: set.Logger},
		untimely:    newUntimelyWarnings(set.Logger, now),
		checkpoints: newCheckpoints(engine, queue, set.Logger, now),
		firstFetch:  defaultFirstFetch,

		startReloads: startReloads,
	}, nil
}

// Capabilities declares that the processor does not change the records.
func (*detector) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// ConsumeLogs classifies the records, passes the flows to the engine, and emits the alerts. Once the engine has
// evaluated the flows, it returns no error, because a retry would count them twice. It skips records that were counted
// before, if their receiver attaches a position.
func (d *detector) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	b := d.batches.Get().(*batch)
	defer d.batches.Put(b)
	received := delivery.FromContext(ctx)
	b.classify(logs, d.engine.Engine, d.now().Unix())
	if received != nil {
		b.skipCounted(logs, d.engine.Engine, d.now().Unix(), received, received.Start(d, func() int64 { return d.engine.counted(received.Input) }))
		b.skipRead(d.engine, received)
	}
	b.checkFormats(d.formats)
	if d.cfg.ForwardFlows {
		if err := d.next.ConsumeLogs(ctx, logs); err != nil {
			return err
		}
	}
	d.detect(ctx, b, received)
	d.queue.flush(ctx)
	return nil
}

// detect passes the flows to the engine and adds the alerts to the queue. The alerts are not sent before the storage
// covers them, so that a key that has alerted as new does not alert again after a crash. received is nil if the position
// of the records is unknown.
func (d *detector) detect(ctx context.Context, b *batch, received *delivery.Batch) {
	d.engine.Lock()
	for _, flows := range b.outOfRange {
		d.engine.AddOutOfRange(flows)
	}
	if hops := d.engine.ObserveAll(b.events, b.addAlert); hops > 0 {
		b.skipped[detect.Hop.String()] += hops
	}
	d.engine.countSkipped(b.skipped)
	if received != nil {
		d.engine.Count(received.Input, received.End())
		if origin := received.Origin; origin != nil {
			d.engine.Count(origin.Input, origin.End)
		}
	}
	d.delay.record(ctx, b.alerts, d.now())
	d.stopped.observe(b.logged, b.addAlert)
	d.queue.hold(b.alerts)
	d.checkpoints.cover(ctx, received)
	d.queue.release()
	expired, untimely := d.engine.TakeExpired(), d.engine.Untimely()
	d.engine.Unlock()

	d.untimely.check(untimely)
	for _, entry := range expired {
		d.set.Logger.Warn("allowlist entry expired; its traffic is evaluated again",
			zap.String("entry", entry.Name), zap.Stringer("expires", entry.Expires))
	}
}

// Start loads threat lists, countries and allowlists, restores the saved state, and starts the periodic jobs.
func (d *detector) Start(ctx context.Context, host component.Host) (err error) {
	store, err := d.openListStore(ctx, host)
	if err != nil {
		return err
	}
	d.lists, err = newThreatLists(ctx, d.cfg.ThreatLists, d.cfg.separateLists(), store, host, d.set.TelemetrySettings, d.now, d.engine.SetThreats, d.firstFetch)
	if err != nil {
		return err
	}
	countries, err := newCountries(d.cfg.GeoIP.Database, d.now, d.set.Logger, d.engine.SetCountries)
	if err != nil {
		return err
	}
	allowlists, err := newAllowlistFiles(ctx, d.cfg.IgnoreFiles, d.cfg.CheckIgnore, store, host, d.set.TelemetrySettings, d.now, d.engine.SetIgnoreFiles)
	if err != nil {
		return err
	}
	names, err := newNameFiles(d.cfg.Names, d.now, d.set.Logger, d.engine.SetNames)
	if err != nil {
		return err
	}
	systems, err := newSystems(d.cfg.ASN.Database, d.set.Logger, d.engine.SetSystems)
	if err != nil {
		return err
	}
	rules := d.cfg.Config
	rules.Shards = d.shards
	if rules.MaxStateMiB == 0 {
		rules.MaxStateMiB = statelimit.Default()
	}
	rules.Profile = d.cfg.TuningReport != nil
	if d.engine.Engine, err = detect.New(rules, d.lists.table(), countries.current()); err != nil {
		return err
	}
	d.checkpoints.health.SetHost(host)
	d.stopped = newFlowLogsStopped(d.cfg, d.now, &d.checkpoints.health)
	d.checkpoints.stopped = d.stopped
	loadAll(ctx, allowlists.urls, d.firstFetch)
	allowlists.apply()
	names.apply()
	systems.apply()
	if err := d.openCheckpoints(ctx, host); err != nil {
		return err
	}
	unregister, err := registerMetrics(d.set.MeterProvider, d.snapshot)
	if err != nil {
		return err
	}
	d.closers = append(d.closers, unregister)
	d.logDryRun()
	if err := d.startTuningReport(); err != nil {
		return err
	}
	retries := periodic.Start(retryInterval, d.queue.flush)
	reloads := slices.Concat(d.lists.reloads(), countries.reloads(), allowlists.reloads(), names.reloads(), systems.reloads())
	stop := d.startReloads(append(reloads, d.checkSilence))
	d.closers = append(d.closers, func() error {
		retries.Stop() // also cancels a call of the next component that does not return
		stop()
		d.flushLast()
		return nil
	})
	return nil
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

// flushLast sends the pending alerts once more.
func (d *detector) flushLast() {
	ctx, cancel := context.WithTimeout(context.Background(), lastFlushTimeout)
	defer cancel()
	d.queue.flush(ctx)
	if pending, _ := d.queue.counts(); pending > 0 && !d.checkpoints.isStored() {
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

// openCheckpoints restores the state from the storage, if one is configured, and saves it periodically from then on.
func (d *detector) openCheckpoints(ctx context.Context, host component.Host) error {
	closeClient, err := d.checkpoints.restore(ctx, host, d.cfg.Storage, d.set.ID)
	if err != nil || closeClient == nil {
		return err
	}
	job := periodic.StartWith(d.newTicker, d.cfg.CheckpointInterval, d.checkpoints.save)
	ctx, cancel := context.WithCancel(context.Background())
	var requested sync.WaitGroup
	requested.Go(func() { d.checkpoints.saveOnRequest(ctx) })
	d.closers = append(d.closers, closeClient, func() error {
		job.Stop()
		cancel()
		requested.Wait()
		return d.checkpoints.saveLast()
	})
	return nil
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

// snapshot returns the values of the metrics.
func (d *detector) snapshot() snapshot {
	s := snapshot{now: d.now(), lists: d.lists.feeds}
	s.pending, s.lost = d.queue.counts()
	d.engine.Lock()
	defer d.engine.Unlock()
	s.stats, s.skipped, s.untimely = d.engine.Stats(), d.engine.skippedCounts(), d.engine.Untimely()
	s.saves = d.checkpoints.counts
	d.stopped.addTo(&s)
	s.names, s.badNames = d.engine.names, d.engine.badNames
	return s
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
