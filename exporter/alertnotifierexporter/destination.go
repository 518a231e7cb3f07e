// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// teller is who tells one destination. The destination calls one method at a time.
type teller interface {
	// start is called before anything else.
	start(context.Context, component.Host) error
	// tell tells of the alerts. Those left are to be told again, unless the error is permanent.
	tell(context.Context, []*alert.Alert) (left []*alert.Alert, err error)
	// tick is called at each interval, and a last time in the end.
	tick(context.Context) error
	// save writes what has to survive a restart.
	save(context.Context) error
}

// told is a teller, with what the destination has to know of it.
type told struct {
	teller
	name   string
	every  time.Duration // between ticks
	ledger *ledger
}

// destination is one of those who are told, with its own queue in front.
type destination struct {
	told
	exporter.Logs // the queue, the retries, and push behind them
	id            component.ID
	storage       *component.ID
	ticker        func(time.Duration) (<-chan time.Time, func())
	log           *zap.Logger

	mu       sync.Mutex
	failing  map[string]bool // what has failed the last time, and been logged
	stopTick func()
}

func newDestination(ctx context.Context, set exporter.Settings, cfg *Config, sys surroundings, to told) (*destination, error) {
	name := to.name
	if set.ID.Name() != "" {
		name = set.ID.Name() + "_" + name
	}
	set.ID = component.NewIDWithName(set.ID.Type(), name)
	set.Logger = set.Logger.With(zap.String("destination", to.name))
	d := &destination{told: to, id: set.ID, storage: cfg.Storage, ticker: sys.ticker, log: set.Logger, failing: map[string]bool{}}
	var err error
	d.Logs, err = exporterhelper.NewLogs(ctx, set, cfg, d.push,
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{}), // each notification has its own
		exporterhelper.WithQueue(queueOf(cfg)),
		exporterhelper.WithRetry(cfg.Retry))
	return d, err
}

// queueOf has the queue gather alerts for group_wait. They wait in its storage, where it has one.
func queueOf(cfg *Config) configoptional.Optional[exporterhelper.QueueBatchConfig] {
	if !cfg.Queue.HasValue() {
		return cfg.Queue
	}
	queue := *cfg.Queue.Get()
	if queue.StorageID == nil {
		queue.StorageID = cfg.Storage
	}
	queue.Batch = configoptional.None[exporterhelper.BatchConfig]()
	if cfg.GroupWait > 0 {
		queue.Batch = configoptional.Some(exporterhelper.BatchConfig{
			FlushTimeout: cfg.GroupWait,
			Sizer:        exporterhelper.RequestSizerTypeItems,
			MinSize:      maxGathered,
		})
	}
	return configoptional.Some(queue)
}

// maxGathered is with how many alerts the wait for more of them is over.
const maxGathered = 1000

// Start opens the storage, then the queue.
func (d *destination) Start(ctx context.Context, host component.Host) error {
	if d.storage != nil {
		client, err := openStorage(ctx, host, *d.storage, d.id)
		if err != nil {
			return fmt.Errorf("storage: extension %q: %w", d.storage, err)
		}
		d.ledger.client = client
		if err := d.ledger.load(ctx); err != nil {
			return errors.Join(fmt.Errorf("storage: extension %q: %w", d.storage, err), client.Close(ctx))
		}
	}
	if err := d.start(ctx, host); err != nil {
		return errors.Join(err, d.closeStorage(ctx))
	}
	if err := d.Logs.Start(ctx, host); err != nil {
		return errors.Join(err, d.closeStorage(ctx))
	}
	d.stopTick = d.ticking()
	return nil
}

// Shutdown closes the queue first: what it gathered is told, or stays in its storage.
func (d *destination) Shutdown(ctx context.Context) error {
	if d.stopTick == nil {
		return nil
	}
	err := d.Logs.Shutdown(ctx)
	d.stopTick()
	d.stopTick = nil
	if d.storage == nil {
		d.ticked(ctx) // what has been held back would be forgotten
	}
	return errors.Join(err, d.closeStorage(ctx))
}

func (d *destination) closeStorage(ctx context.Context) error {
	if d.ledger.client == nil {
		return nil
	}
	return d.ledger.client.Close(ctx)
}

// push tells of what the queue has gathered.
func (d *destination) push(ctx context.Context, logs plog.Logs) error {
	var alerts []*alert.Alert
	for a, err := range alertotlp.All(logs) {
		if err == nil { // what cannot be read was counted, and has not been queued
			alerts = append(alerts, a)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	left, err := d.tell(ctx, alerts)
	d.saved(ctx)
	if err == nil || consumererror.IsPermanent(err) {
		return err
	}
	return consumererror.NewLogs(err, toLogs(left))
}

func (d *destination) saved(ctx context.Context) {
	d.complain("what has been told cannot be stored", d.save(context.WithoutCancel(ctx)))
}

func (d *destination) ticked(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.complain("cannot be told", d.tick(ctx))
	d.saved(ctx)
}

// complain logs the first of a row of failures. What goes on to fail is counted.
func (d *destination) complain(what string, err error) {
	if err != nil && !d.failing[what] {
		d.log.Error(what, zap.Error(err))
	}
	d.failing[what] = err != nil
}

func (d *destination) ticking() (stop func()) {
	ticks, stopTicks := d.ticker(d.every)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticks:
				d.ticked(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		stopTicks()
		cancel()
		<-ended
	}
}

func openStorage(ctx context.Context, host component.Host, extension, id component.ID) (storage.Client, error) {
	found, ok := host.GetExtensions()[extension]
	if !ok {
		return nil, errors.New("is not among the extensions of the service")
	}
	opener, ok := found.(storage.Extension)
	if !ok {
		return nil, errors.New("is not a storage extension")
	}
	return opener.GetClient(ctx, component.KindExporter, id, "told")
}
