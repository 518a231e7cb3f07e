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
	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

// checkpoints save the engine's state to a storage extension. New keys of the first-seen rules are saved with each
// batch, before their alerts are sent. Everything else is saved at each checkpoint and at shutdown. A save that fails is
// repeated at the next checkpoint. The lock of the engine guards all fields.
type checkpoints struct {
	client  storage.Client // nil without storage
	engine  *lockedEngine
	log     *zap.Logger
	now     func() time.Time
	sampler samplelog.Sampler

	failing bool // the last save failed; new keys wait for the next checkpoint
	counts  saveCounts
}

// saveCounts count saves for the metrics.
type saveCounts struct{ saved, failed, bytes int64 }

// failureInterval is the shortest time between two log messages about failed saves.
const failureInterval = time.Minute

// restore loads the engine's state from the storage extension. The returned function closes the storage; it is nil
// without storage.
func (c *checkpoints) restore(
	ctx context.Context, host component.Host, extension *component.ID, owner component.ID,
) (closeClient func() error, err error) {
	client, err := storageclient.Open(ctx, host, extension, component.KindProcessor, owner, "")
	if err != nil || client == nil {
		return nil, err
	}
	closeClient = func() error { return client.Close(context.Background()) }
	err = c.engine.Load(func(key string) ([]byte, error) { return client.Get(ctx, key) })
	if err == nil {
		c.client = client
		c.sampler.Interval = failureInterval
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

// saveNewKeys saves the new keys of the first-seen rules. The caller holds the lock of the engine.
func (c *checkpoints) saveNewKeys(ctx context.Context) {
	if c.client != nil && !c.failing && c.engine.HasNewKeys() {
		c.finish(c.engine.SaveNewKeys(c.writer(ctx)))
	}
}

// save saves all changes since the last save.
func (c *checkpoints) save(ctx context.Context) {
	c.engine.Lock()
	defer c.engine.Unlock()
	if c.client != nil {
		c.finish(c.engine.Save(c.writer(ctx)))
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

// writer returns a function that writes changes as one batch. A storage with transactions writes all or none of them.
// The write continues if the context of the flows ends.
func (c *checkpoints) writer(ctx context.Context) func([]detect.Change) error {
	return func(changes []detect.Change) error {
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
}

// finish records the result of a save.
func (c *checkpoints) finish(err error) {
	c.failing = err != nil
	if err == nil {
		return
	}
	c.counts.failed++
	if failures, ok := c.sampler.Allow(c.now(), 1); ok {
		c.log.Error("fail to save state; retried at the next checkpoint", zap.Int64("failures", failures), zap.Error(err))
	}
}
