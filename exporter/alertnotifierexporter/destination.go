// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

// sender sends alerts to one destination. The destination calls one method at a time.
type sender interface {
	// Start is called before all other methods. The client is nil without a storage. The sender calls save after each
	// successful notification, so that a crash repeats at most the notification in flight.
	Start(ctx context.Context, host component.Host, client storage.Client, save func(context.Context)) error
	// Send sends alerts. It returns the alerts to send again later, unless the error is permanent.
	Send(ctx context.Context, alerts []*alert.Alert) (unsent []*alert.Alert, err error)
	// Tick is called once per tick interval. Without a storage, Shutdown calls it a last time.
	Tick(ctx context.Context) error
	// Save writes the state to the storage.
	Save(ctx context.Context) error
}

// destinationSpec contains the parts from which a destination is created.
type destinationSpec struct {
	name         string
	tickInterval time.Duration
	log          *notificationlog.Log
	sender       sender
	countUnsent  func(ctx context.Context, reason string, alerts int)

	countStorageError func()
}

// destination is a sender behind a queue.
type destination struct {
	destinationSpec
	exporter.Logs // the queue and the retries in front of push
	entrance      *entrance
	id            component.ID
	storage       *component.ID
	queueStorage  *component.ID // nil if the queue is in memory, or without a queue
	queued        bool
	ticker        periodic.Ticker
	logger        *zap.Logger

	mu      sync.Mutex      // guards the sender and the fields below
	failing map[string]bool // messages of the errors that have been logged and still occur
	retry   retryLimit
	waiting int // alerts of failed pushes that wait for a retry

	queueFailing atomic.Bool // an operation of the queue in the storage has failed

	shutdownTimeout time.Duration
	stopping        atomic.Bool     // Shutdown has been called
	stopped         context.Context // ends shutdownTimeout later
	stop            func()

	client storage.Client // nil without a storage
	ticks  *periodic.Job  // nil unless running
}

func newDestination(
	ctx context.Context, set exporter.Settings, cfg *Config, sys system, spec destinationSpec,
) (*destination, error) {
	name := spec.name
	if set.ID.Name() != "" {
		name = set.ID.Name() + "_" + name
	}
	set.ID = component.NewIDWithName(set.ID.Type(), name)
	set.Logger = set.Logger.With(zap.String("destination", spec.name))
	queue := queueConfig(cfg)
	d := &destination{
		destinationSpec: spec, id: set.ID, storage: cfg.Storage, queued: queue.HasValue(), ticker: sys.ticker, logger: set.Logger,
		failing: map[string]bool{}, retry: retryLimit{BackOffConfig: cfg.Retry, now: sys.now}, shutdownTimeout: sys.shutdownTimeout,
	}
	d.stopped, d.stop = context.WithCancel(context.Background())
	retry := cfg.Retry
	if d.queued {
		d.queueStorage = queue.Get().StorageID
		retry = d.retry.unlimited()
	}
	var err error
	d.Logs, err = exporterhelper.NewLogs(ctx, set, cfg, d.push,
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{}), // each notification has its own timeout
		exporterhelper.WithQueue(queue),
		exporterhelper.WithRetry(retry))
	d.entrance = newEntrance(d.Logs, queue, d.countUnsent)
	return d, err
}

// Start opens the storage, then starts the sender and the queue.
func (d *destination) Start(ctx context.Context, host component.Host) (err error) {
	d.client, err = storageclient.Open(ctx, host, d.storage, component.KindExporter, d.id, "notification_log")
	if err != nil {
		return err
	}
	if err := d.start(ctx, host); err != nil {
		return errors.Join(err, d.closeStorage(ctx))
	}
	d.ticks = periodic.StartWith(d.ticker, d.tickInterval, d.tick)
	return nil
}

func (d *destination) start(ctx context.Context, host component.Host) error {
	if err := d.log.Load(ctx, d.client); err != nil {
		return fmt.Errorf("storage: extension %q: %w", d.storage, err)
	}
	if err := d.sender.Start(ctx, host, d.client, d.save); err != nil {
		return err
	}
	if d.queueStorage != nil {
		host = &queueHost{host, *d.queueStorage, d.queueStorageFailed}
	}
	return d.Logs.Start(ctx, host)
}

// queueStorageFailed is called by the queue, which may hold its own lock.
func (d *destination) queueStorageFailed(err error) {
	d.countStorageError()
	if d.queueFailing.CompareAndSwap(false, true) {
		d.logger.Error("fail to write to the storage of the queue", zap.Error(err))
	}
}

// Shutdown shuts down the queue first, which sends its alerts or leaves them in the storage. A destination that does not
// respond cannot delay it for longer than the shutdown timeout: then the notification in flight is canceled, and alerts in
// memory are dropped.
func (d *destination) Shutdown(ctx context.Context) error {
	if d.ticks == nil {
		return nil
	}
	d.stopping.Store(true)
	defer time.AfterFunc(d.shutdownTimeout, d.stop).Stop()
	err := d.Logs.Shutdown(ctx)
	d.ticks.Stop()
	d.ticks = nil
	if d.storage == nil && d.stopped.Err() == nil {
		d.tick(ctx) // otherwise the count of suppressed alerts is lost
	}
	if d.queued && d.queueStorage == nil && d.waiting > 0 {
		d.countUnsent(ctx, "shutdown", d.waiting)
		d.logger.Error("alerts lost at shutdown", zap.Int("alerts", d.waiting))
	}
	return errors.Join(err, d.closeStorage(ctx))
}

// untilStopped returns a context that also ends when Shutdown no longer waits.
func (d *destination) untilStopped(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(d.stopped, cancel)
	return ctx, func() {
		release()
		cancel()
	}
}

func (d *destination) closeStorage(ctx context.Context) error {
	if d.client == nil {
		return nil
	}
	return d.client.Close(ctx)
}

// push sends the alerts of one batch of the queue.
func (d *destination) push(ctx context.Context, logs plog.Logs) error {
	var alerts []*alert.Alert
	for a, err := range alertotlp.All(logs) {
		if err == nil { // the route has counted and dropped invalid alerts
			alerts = append(alerts, a)
		}
	}
	ctx, cancel := d.untilStopped(ctx)
	defer cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.stopping.Load() {
		d.waiting = 0 // these are the alerts that waited
	}
	unsent, err := d.sender.Send(ctx, alerts)
	d.save(ctx)
	switch {
	case err == nil, consumererror.IsPermanent(err):
		d.retry.succeeded()
		return err
	case d.queued && d.retry.failed() && !d.stopping.Load():
		d.retry.succeeded()
		d.countUnsent(ctx, "retries_exhausted", len(unsent))
		return consumererror.NewPermanent(fmt.Errorf("no more retries: %w", err))
	}
	d.waiting += len(unsent)
	return consumererror.NewLogs(err, toLogs(unsent))
}

// toLogs converts alerts to new log records.
func toLogs(alerts []*alert.Alert) plog.Logs {
	logs := plog.NewLogs()
	alertotlp.Append(logs, scopeName, "", alerts)
	return logs
}

func (d *destination) tick(ctx context.Context) {
	ctx, cancel := d.untilStopped(ctx)
	defer cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.logFirst("fail to send periodic notifications", d.sender.Tick(ctx))
	d.save(ctx)
}

func (d *destination) save(ctx context.Context) {
	d.logFirst("fail to save notification log", d.sender.Save(context.WithoutCancel(ctx)))
}

// logFirst logs the first of consecutive errors. Metrics count them all.
func (d *destination) logFirst(message string, err error) {
	if err != nil && !d.failing[message] {
		d.logger.Error(message, zap.Error(err))
	}
	d.failing[message] = err != nil
}
