// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// detection is a thin adapter over the engine, which knows nothing of log records, locks and clocks.
type detection struct {
	cfg     *Config
	set     processor.Settings
	next    consumer.Logs
	now     func() time.Time
	watch   func([]reload) (stop func() error)
	readers sync.Pool // of *batch
	outbox  outbox
	quality quality
	ticker  func(time.Duration) (ticks <-chan time.Time, stop func())
	threats *threats
	atEnd   []func() error // what Shutdown undoes, in the order of Start

	mu      sync.Mutex // guards the engine, its checkpoints and skipped
	engine  *detect.Engine
	state   checkpoints
	skipped map[string]int64
}

func newDetection(set processor.Settings, cfg *Config, next consumer.Logs, now func() time.Time) (*detection, error) {
	format, err := flow.ChooseFormat(cfg.Format)
	if err != nil {
		return nil, err
	}
	reader := flowotlp.NewRecordReader(format)
	return &detection{
		cfg:     cfg,
		set:     set,
		next:    next,
		now:     now,
		watch:   watchEveryTenSeconds,
		readers: sync.Pool{New: func() any { return &batch{reader: reader.Clone(), skipped: map[string]int64{}} }},
		outbox:  outbox{next: next, limit: cfg.MaxPendingAlerts, log: set.Logger, version: set.BuildInfo.Version, now: now},
		quality: quality{log: set.Logger},
		ticker:  tick,
		state:   checkpoints{log: set.Logger, now: now},
		skipped: map[string]int64{},
	}, nil
}

// Capabilities says that the records pass unchanged.
func (*detection) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// Start loads what is known of addresses, and what the storage remembers. What can not be loaded stops the start.
func (d *detection) Start(ctx context.Context, host component.Host) (err error) {
	if d.threats, err = d.loadThreats(ctx, host); err != nil {
		return err
	}
	countries, err := newCountries(d.cfg.GeoIP.Database, d.now, d.set.Logger, d.setCountries)
	if err != nil {
		return err
	}
	allowlists, err := d.loadAllowlists()
	if err != nil {
		return err
	}
	rules := d.cfg.Config
	rules.Profile = d.cfg.TuningReport != nil
	if d.engine, err = detect.New(rules, d.threats.table(), countries.current()); err != nil {
		return err
	}
	d.engine.SetIgnoreFiles(allowlists.known)
	if err := d.restore(ctx, host); err != nil {
		return err
	}
	unmeasure, err := d.measure()
	if err != nil {
		return err
	}
	d.atEnd = append(d.atEnd, unmeasure)
	reported, err := d.reporting()
	if err != nil {
		return err
	}
	d.atEnd = append(d.atEnd, reported, d.outbox.retry(), d.watch(slices.Concat(d.threats.polls(), countries.reloads(), allowlists.polls())))
	return nil
}

// ConsumeLogs understands the records, which takes most of the time, then shows them to the engine, one batch at a
// time, and sends on what that has to say. Nothing is refused once the engine has seen it: no flow counts twice.
func (d *detection) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	b := d.readers.Get().(*batch)
	defer d.readers.Put(b)
	d.understand(logs, b)
	d.quality.look(b)
	if d.cfg.ForwardFlows {
		if err := d.next.ConsumeLogs(ctx, logs); err != nil {
			return err
		}
	}
	d.tellExpired(d.observe(ctx, b))
	d.outbox.flush(ctx)
	return nil
}

// observe shows the events to the engine, and returns the entries of allowlists that have expired by it. Alerts are laid
// out to be sent, by whoever comes first, when what is new has been written: so nothing that has alerted as new can be
// forgotten.
func (d *detection) observe(ctx context.Context, b *batch) []detect.Expired {
	d.mu.Lock()
	defer d.mu.Unlock()
	emit := func(a *alert.Alert) { b.alerts = append(b.alerts, a) }
	for i := range b.events {
		d.engine.Observe(&b.events[i], emit)
	}
	for reason, n := range b.skipped {
		d.skipped[reason] += n
	}
	d.state.news(ctx)
	for _, a := range b.alerts {
		d.outbox.put(a)
	}
	clear(b.alerts)
	b.alerts = b.alerts[:0]
	return d.engine.TakeExpired()
}

// batch is what ConsumeLogs works on, kept for the next call.
type batch struct {
	reader  *flowotlp.RecordReader
	flow    flow.Flow
	events  []detect.Event
	alerts  []*alert.Alert
	skipped map[string]int64
	formats formats
}

// understand turns the records into events and counts those that are none.
func (d *detection) understand(logs plog.Logs, b *batch) {
	b.events = b.events[:0]
	clear(b.skipped)
	now := d.now().Unix()
	for record := range flowotlp.All(logs) {
		if reason := d.event(record, now, b); reason != "" {
			b.skipped[reason]++
		}
	}
}

// event adds the record's flow to the batch, or says why not. An alert has addresses as a flow has, but is none: were
// it taken for one, alerts that come back to a detection would give more alerts.
func (d *detection) event(record flowotlp.LogRecord, now int64, b *batch) (reason string) {
	if alertotlp.IsAlert(record.LogRecord) {
		return "alert"
	}
	if reason := b.reader.Read(record, &b.flow); reason != "" {
		return string(reason)
	}
	b.formats.note(b.reader.Format(), &b.flow)
	b.events = append(b.events, detect.Event{})
	last := len(b.events) - 1
	if skip := d.engine.Classify(&b.flow, now, &b.events[last]); skip != detect.Evaluate {
		b.events = b.events[:last]
		return skip.String()
	}
	return ""
}

// Shutdown sends what still waits, once, and lets go of what Start took hold of, as far as that came.
func (d *detection) Shutdown(ctx context.Context) error {
	d.outbox.flush(ctx)
	if waiting, _ := d.outbox.counts(); waiting > 0 {
		d.set.Logger.Error("alerts were refused until the end and are lost", zap.Int64("alerts", waiting))
	}
	var wrong []error
	for _, end := range slices.Backward(d.atEnd) {
		wrong = append(wrong, end())
	}
	d.atEnd = nil
	return errors.Join(wrong...)
}

// setCountries makes the engine look countries up in another table.
func (d *detection) setCountries(current network.Countries, former ...network.Countries) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.engine.SetCountries(current, former...)
}
