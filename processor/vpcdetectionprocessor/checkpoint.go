// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// checkpoints keep the engine's state in a storage extension, so that it survives a restart. What is new to a
// first-seen rule is written with the batch that it came in, before its alert leaves; all else at each tick and in the
// end. What cannot be written stays to be written next time. Whoever calls holds the engine's lock.
type checkpoints struct {
	client storage.Client
	engine *detect.Engine
	log    *zap.Logger
	now    func() time.Time

	failing                bool // the last write failed: the next tick tries again, and not each batch
	complained             time.Time
	written, failed, bytes int64
}

// complaintInterval is how often, at most, it is logged that state cannot be written.
const complaintInterval = time.Minute

// news writes what has been seen for the first time.
func (c *checkpoints) news(ctx context.Context) {
	if c.client != nil && !c.failing && c.engine.HasNewKeys() {
		c.done(c.engine.SaveNewKeys(c.writing(ctx)))
	}
}

// all writes what has changed.
func (c *checkpoints) all(ctx context.Context) {
	if c.client != nil {
		c.done(c.engine.Save(c.writing(ctx)))
	}
}

// writing writes changes as one batch, which a storage with transactions takes as a whole or not at all. It is not
// cut short when the sender of flows loses patience.
func (c *checkpoints) writing(ctx context.Context) func([]detect.Change) error {
	return func(changes []detect.Change) error {
		size := 0
		ops := make([]*storage.Operation, len(changes))
		for i, change := range changes {
			size += len(change.Value)
			if change.Value == nil {
				ops[i] = storage.DeleteOperation(change.Key)
			} else {
				ops[i] = storage.SetOperation(change.Key, change.Value)
			}
		}
		if err := c.client.Batch(context.WithoutCancel(ctx), ops...); err != nil {
			return err
		}
		c.written++
		c.bytes += int64(size)
		return nil
	}
}

func (c *checkpoints) done(err error) {
	c.failing = err != nil
	if err == nil {
		return
	}
	c.failed++
	if now := c.now(); c.complained.IsZero() || now.Sub(c.complained) >= complaintInterval {
		c.complained = now
		c.log.Error("state cannot be written, and would be lost in a crash; trying on", zap.Int64("failures", c.failed), zap.Error(err))
	}
}

// restore opens the storage, if there is one, and has the engine remember what is in it.
func (d *detection) restore(ctx context.Context, host component.Host) error {
	if d.cfg.Storage == nil {
		return nil
	}
	client, err := openStorage(ctx, host, *d.cfg.Storage, d.set.ID)
	if err != nil {
		return fmt.Errorf("storage: extension %q: %w", d.cfg.Storage, err)
	}
	d.atEnd = append(d.atEnd, func() error { return client.Close(context.Background()) })
	err = d.engine.Load(func(key string) ([]byte, error) { return client.Get(ctx, key) })
	if _, ok := errors.AsType[*detect.UnreadableError](err); ok {
		return fmt.Errorf("storage: extension %q: %w. To start afresh, with nothing remembered, remove what the extension holds of this component "+
			"(for file_storage the file named processor_%s_%s in its directory), or give the component another name, as in %s/2",
			d.cfg.Storage, err, d.set.ID.Type(), d.set.ID.Name(), d.set.ID.Type())
	}
	if err != nil {
		return fmt.Errorf("storage: extension %q: %w", d.cfg.Storage, err)
	}
	d.state.client, d.state.engine = client, d.engine
	d.atEnd = append(d.atEnd, d.checkpointing())
	return nil
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
	return opener.GetClient(ctx, component.KindProcessor, id, "")
}

// checkpointing writes a checkpoint at each tick, until the function that it returns is called, which writes the last.
func (d *detection) checkpointing() (stop func() error) {
	ticks, stopTicking := d.ticker(d.cfg.CheckpointInterval)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticks:
				d.mu.Lock()
				d.state.all(ctx)
				d.mu.Unlock()
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() error {
		stopTicking()
		cancel()
		<-ended
		d.mu.Lock()
		defer d.mu.Unlock()
		d.state.all(context.Background())
		d.state.client = nil
		if d.state.failing {
			return errors.New("storage: the last changes of state could not be written and are lost")
		}
		return nil
	}
}

// tick is the clock's own ticker.
func tick(interval time.Duration) (ticks <-chan time.Time, stop func()) {
	ticker := time.NewTicker(interval)
	return ticker.C, ticker.Stop
}
