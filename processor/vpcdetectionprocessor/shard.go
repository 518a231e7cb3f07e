// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"sync"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
	"github.com/vpcflow/otelcol-vpcflow/internal/statelimit"
)

// shard detects attacks in the flows of a partition, or in all flows without one. It has state and unsent alerts of its own,
// so that another collector can continue the partition.
type shard struct {
	name        string // of the partition; empty without one
	engine      *lockedEngine
	queue       *alertQueue
	stopped     *flowLogsStopped // nil if the rule is disabled
	checkpoints *checkpoints
	// err is why no more flows are accepted. The lock of the engine guards it.
	err error
	// closeCheckpoints ends saves, after a last one if save is true, and closes the storage.
	closeCheckpoints func(save bool) error
}

func (d *detector) newShard(name string) *shard {
	engine, queue := newLockedEngine(), newAlertQueue(d.next, d.cfg.MaxPendingAlerts, d.set, d.now)
	return &shard{
		name: name, engine: engine, queue: queue,
		checkpoints:      newCheckpoints(engine, queue, d.health, d.set.Logger, d.now),
		closeCheckpoints: func(bool) error { return nil },
	}
}

// newEngine gives a shard an engine without state. parts is the number of goroutines that run its rules.
func (d *detector) newEngine(s *shard, parts int) (err error) {
	rules := d.cfg.Config
	rules.Shards = parts
	if rules.MaxStateMiB == 0 {
		rules.MaxStateMiB = statelimit.Default()
	}
	rules.Profile = d.cfg.TuningReport != nil
	if s.engine.Engine, err = detect.New(rules, d.lists.table(), d.countries.current()); err != nil {
		return err
	}
	d.tables.add(s.engine)
	s.stopped = newFlowLogsStopped(d.cfg, d.now)
	s.checkpoints.stopped = s.stopped
	return nil
}

// openCheckpoints restores the state of a shard from the storage, if one is configured, and saves it periodically from then
// on.
func (d *detector) openCheckpoints(ctx context.Context, s *shard) error {
	closeClient, err := s.checkpoints.restore(ctx, d.host, d.cfg.Storage, d.set.ID, s.name)
	if err != nil || closeClient == nil {
		return err
	}
	job := periodic.StartWith(d.newTicker, d.cfg.CheckpointInterval, s.checkpoints.save)
	ctx, cancel := context.WithCancel(context.Background())
	var requested sync.WaitGroup
	requested.Go(func() { s.checkpoints.saveOnRequest(ctx) })
	s.closeCheckpoints = func(save bool) error {
		job.Stop()
		cancel()
		requested.Wait()
		var err error
		if save {
			err = s.checkpoints.saveLast()
		} else {
			s.checkpoints.detach()
		}
		return errors.Join(err, closeClient())
	}
	return nil
}

// stats returns the numbers of the engine and of flow_logs_stopped. The caller holds the lock of the engine.
func (s *shard) stats() detect.Stats {
	stats := s.engine.Stats()
	s.stopped.addTo(&stats)
	return stats
}
