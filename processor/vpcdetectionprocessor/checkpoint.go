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

	"github.com/vpcflow/otelcol-vpcflow/internal/componenthealth"
	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

// checkpoints save the engine's state and the unsent alerts to a storage extension: at each checkpoint, at shutdown, and
// when a receiver waits for it. A save that fails is repeated at the next checkpoint.
//
// A batch with a position is claimed. After a crash, its receiver reads it again unless a save confirmed it. For batches
// without a position, the new keys of the first-seen rules are saved at once, before their alerts are sent. The lock of
// the engine guards all fields.
type checkpoints struct {
	client   storage.Client // nil without storage
	engine   *lockedEngine
	queue    *alertQueue
	stopped  *flowLogsStopped // nil if the rule is disabled
	alerts   alertLog
	claimant *delivery.Claimant
	requests chan struct{} // has an element if a receiver waits for a save
	log      *zap.Logger
	now      func() time.Time
	sampler  samplelog.Sampler

	failing bool // the last save failed; new keys wait for the next checkpoint
	health  *componenthealth.Health
	part    string // of the health
	counts  saveCounts

	// fence is called if another collector has taken over the state. It must not block. It is nil without a partition.
	fence func()
	// read is the newest offset of a partition that the engine has counted, and saved is the one in the storage; -1 if unknown.
	read, saved int64
}

// saveCounts count saves for the metrics.
type saveCounts struct{ saved, failed, bytes int64 }

const (
	// failureInterval is the shortest time between two log messages about failed saves.
	failureInterval = time.Minute
	// requestInterval is the shortest time between two saves for receivers.
	requestInterval = 200 * time.Millisecond
)

func newCheckpoints(
	engine *lockedEngine, queue *alertQueue, health *componenthealth.Health, log *zap.Logger, now func() time.Time,
) *checkpoints {
	c := &checkpoints{
		engine: engine, queue: queue, requests: make(chan struct{}, 1), health: health, part: "save state", log: log, now: now, read: -1, saved: -1,
	}
	c.sampler.Interval = failureInterval
	c.claimant = delivery.NewClaimant(func() {
		select {
		case c.requests <- struct{}{}:
		default: // The next save is already requested.
		}
	})
	return c
}

// restore loads the engine's state and the unsent alerts from the storage extension. shard is the name of the partition, or
// empty. The returned function closes the storage; it is nil without storage.
func (c *checkpoints) restore(
	ctx context.Context, host component.Host, extension *component.ID, owner component.ID, shard string,
) (closeClient func() error, err error) {
	open := storageclient.Open
	if shard != "" {
		open = storageclient.OpenShard
	}
	client, err := open(ctx, host, extension, component.KindProcessor, owner, shard)
	if err != nil || client == nil {
		return nil, err
	}
	closeClient = func() error { return client.Close(context.Background()) }
	err = c.load(func(key string) ([]byte, error) { return client.Get(ctx, key) })
	if err == nil {
		c.client = client
		return closeClient, nil
	}
	err = fmt.Errorf("storage: extension %q: %w", extension, err)
	if _, ok := errors.AsType[*detect.UnreadableError](err); ok {
		err = fmt.Errorf("%w. To start without the saved state, remove it from the extension "+
			"(for file_storage: the file processor_%s_%s in its directory), or rename the component, for example to %s/2",
			err, owner.Type(), owner.Name(), owner.Type())
	}
	return nil, errors.Join(err, closeClient())
}

func (c *checkpoints) load(get func(key string) ([]byte, error)) error {
	if err := c.engine.Load(get); err != nil {
		return err
	}
	if err := c.stopped.load(get); err != nil {
		return err
	}
	first, alerts, err := c.alerts.load(get)
	if err == nil {
		c.queue.restore(first, alerts)
	}
	return err
}

// cover makes sure that a crash loses no alert of a batch whose flows are observed and whose alerts are in the queue, but
// not yet sent. It claims a batch with a position, and saves the new keys of others. It saves all of a partition without a
// position, because its receiver does not send the flows again once it has committed their offset. The caller holds the lock
// of the engine. An error means that the flows must be sent again.
func (c *checkpoints) cover(ctx context.Context, received *delivery.Batch) error {
	switch {
	case c.client == nil:
	case received != nil && c.claimant.Claim(received):
	case c.fence != nil:
		return c.saveLocked(ctx)
	case !c.failing && c.engine.HasNewKeys():
		c.finish(c.write(ctx, c.engine.SaveNewKeys))
	}
	return nil
}

// noteOffset notes the offset of a batch that was counted. The caller holds the lock of the engine.
func (c *checkpoints) noteOffset(ctx context.Context) {
	if offset, ok := offsetOf(ctx); ok && c.fence != nil {
		c.read = max(c.read, offset)
	}
}

// save saves all changes since the last save, and confirms the claimed batches.
func (c *checkpoints) save(ctx context.Context) {
	c.engine.Lock()
	defer c.engine.Unlock()
	if c.client != nil {
		_ = c.saveLocked(ctx) // It is counted and logged.
	}
}

// saveLocked is save for a caller that holds the lock of the engine.
func (c *checkpoints) saveLocked(ctx context.Context) error {
	err := c.write(ctx, c.engine.Save)
	c.finish(err)
	if err == nil {
		c.saved = c.read
		c.claimant.Confirm()
	}
	return err
}

// saveOnRequest saves for receivers that wait, until ctx ends. Requests during requestInterval share a save.
func (c *checkpoints) saveOnRequest(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.requests:
			c.save(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(requestInterval):
		}
	}
}

// saveLast saves all changes for the last time.
func (c *checkpoints) saveLast() error {
	c.save(context.Background())
	c.engine.Lock()
	defer c.engine.Unlock()
	c.client = nil
	if c.failing {
		return errors.New("storage: save state at shutdown: the changes since the last checkpoint are lost")
	}
	return nil
}

// detach ends saves. What was not saved is lost, or read again.
func (c *checkpoints) detach() {
	c.engine.Lock()
	defer c.engine.Unlock()
	c.client = nil
}

// isStored reports whether there is a storage.
func (c *checkpoints) isStored() bool {
	c.engine.Lock()
	defer c.engine.Unlock()
	return c.client != nil
}

// write writes the changes of the engine and of the unsent alerts as one batch. A storage with transactions writes all or
// none of them. The write continues if the context of the flows ends.
func (c *checkpoints) write(ctx context.Context, saveEngine func(write func([]detect.Change) error) error) error {
	alerts, err := c.alerts.save(c.queue.all())
	if err != nil {
		return err
	}
	if alerts, err = c.stopped.save(alerts); err != nil {
		return err
	}
	written := false
	err = saveEngine(func(changes []detect.Change) error {
		written = true
		return c.writeChanges(ctx, append(changes, alerts...))
	})
	if err == nil && !written && len(alerts) > 0 {
		err = c.writeChanges(ctx, alerts)
	}
	if err == nil {
		c.alerts.saved()
	}
	return err
}

func (c *checkpoints) writeChanges(ctx context.Context, changes []detect.Change) error {
	size := 0
	operations := make([]*storage.Operation, len(changes))
	for i, change := range changes {
		size += len(change.Value)
		if change.Value == nil {
			operations[i] = storage.DeleteOperation(change.Key)
		} else {
			operations[i] = storage.SetOperation(change.Key, change.Value)
		}
	}
	if err := c.client.Batch(context.WithoutCancel(ctx), operations...); err != nil {
		return err
	}
	c.counts.saved++
	c.counts.bytes += int64(size)
	return nil
}

// finish records the result of a save.
func (c *checkpoints) finish(err error) {
	c.failing = err != nil
	if c.fence != nil && errors.Is(err, storageclient.ErrFenced) {
		c.client = nil
		c.fence()
		return
	}
	c.health.Set(c.part, err)
	if err == nil {
		return
	}
	c.counts.failed++
	if failures, ok := c.sampler.Allow(c.now(), 1); ok {
		c.log.Error("fail to save state; retried at the next checkpoint", zap.Int64("failures", failures), zap.Error(err))
	}
}
