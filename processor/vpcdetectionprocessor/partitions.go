// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/collector/client"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

// partitions are the shards of the partitions that this collector reads. The state of a partition is stored under its name,
// so that the collector that reads it next continues it.
//
// vpc_flow attaches a delivery.Partition to its calls. Its first call opens the shard and gets the position at which reading
// starts. When the partition is revoked, the shard is saved and closed, and the offset is committed after that. A shard whose
// state another collector has opened is fenced: it accepts no more flows, and vpc_flow joins its group again.
//
// The kafka receiver only sends client metadata. The first flows of a partition then open its shard, each call saves it, and
// only fencing and Shutdown close it.
type partitions struct {
	detector *detector

	mu      sync.Mutex
	shards  map[partitionID]*partition
	past    totals // of closed shards
	fenced  int64
	shared  bool // the memory is divided; only shareMemory uses it
	closing sync.WaitGroup
}

// partitionID identifies a partition.
type partitionID struct {
	topic  string
	number int32
}

// String returns the name as in Kafka's own tools.
func (p partitionID) String() string { return p.topic + "-" + strconv.Itoa(int(p.number)) }

// partition is the shard of a partition. The shard is ready once opened is closed and openErr is nil.
type partition struct {
	*shard
	id       partitionID
	assigned *delivery.Partition // nil if the receiver attaches none
	opened   chan struct{}
	openErr  error
	restored time.Duration
	close    sync.Once
}

// memoryInterval is the interval at which the memory is divided among the shards.
const memoryInterval = time.Second

// The client metadata of a message.
const (
	topicMetadata     = "kafka.topic"
	partitionMetadata = "kafka.partition"
	offsetMetadata    = "kafka.offset"
)

func newPartitions(d *detector) *partitions {
	return &partitions{detector: d, shards: map[partitionID]*partition{}}
}

// partitionOf returns the partition of a call.
func partitionOf(ctx context.Context, assigned *delivery.Partition) (id partitionID, ok bool) {
	if assigned != nil {
		return partitionID{assigned.Topic, assigned.Number}, true
	}
	metadata := client.FromContext(ctx).Metadata
	topic, number := metadata.Get(topicMetadata), metadata.Get(partitionMetadata)
	if len(topic) != 1 || len(number) != 1 {
		return partitionID{}, false
	}
	n, err := strconv.ParseInt(number[0], 10, 32)
	return partitionID{topic[0], int32(n)}, err == nil
}

// offsetOf returns the offset of the message of a call.
func offsetOf(ctx context.Context) (offset int64, ok bool) {
	value := client.FromContext(ctx).Metadata.Get(offsetMetadata)
	if len(value) != 1 {
		return 0, false
	}
	offset, err := strconv.ParseInt(value[0], 10, 64)
	return offset, err == nil
}

// shardOf returns the shard of a call. It opens the shard of a partition if necessary.
func (ps *partitions) shardOf(ctx context.Context) (*shard, error) {
	assigned := delivery.PartitionFromContext(ctx)
	id, ok := partitionOf(ctx, assigned)
	if !ok {
		return ps.detector.shard, nil
	}
	ps.mu.Lock()
	p := ps.shards[id]
	if p == nil || assigned != nil && p.assigned != assigned {
		former := p
		p = &partition{shard: ps.detector.newShard(id.String()), id: id, assigned: assigned, opened: make(chan struct{})}
		ps.shards[id] = p
		ps.mu.Unlock()
		ps.open(ctx, p, former)
	} else {
		ps.mu.Unlock()
	}
	select {
	case <-p.opened:
		return p.shard, p.openErr
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// open restores a partition. former is the shard of an earlier assignment, or nil.
func (ps *partitions) open(ctx context.Context, p, former *partition) {
	defer close(p.opened)
	if former != nil {
		<-former.opened
		_ = ps.release(former, false) // It has no changes to lose: they are read again.
	}
	begin := time.Now()
	if p.openErr = ps.restore(ctx, p); p.openErr == nil {
		p.restored = time.Since(begin)
		ps.detector.set.Logger.Info("partition restored", zap.String("topic", p.id.topic), zap.Int32("partition", p.id.number),
			zap.Duration("duration", p.restored))
		return
	}
	p.openErr = fmt.Errorf("partition %s: %w", p.id, p.openErr)
	_ = ps.release(p, false)
}

func (ps *partitions) restore(ctx context.Context, p *partition) error {
	d := ps.detector
	if err := d.newEngine(p.shard, max(1, d.cfg.Shards)); err != nil {
		return err
	}
	p.checkpoints.part = "save state of partition " + p.id.String()
	p.checkpoints.fence = func() { ps.fence(p) }
	if err := d.openCheckpoints(ctx, p.shard); err != nil {
		return err
	}
	if p.assigned == nil {
		return nil
	}
	if !p.assigned.Hold(delivery.Holder{
		Component: d, Counted: p.engine.counted(p.assigned.Input),
		Release: func(_ context.Context, save bool) error { return ps.release(p, save) },
	}) {
		return errors.New("it was revoked meanwhile")
	}
	return nil
}

// fence handles that another collector has opened the state of a partition. The caller holds the lock of the engine.
func (ps *partitions) fence(p *partition) {
	if p.err != nil {
		return
	}
	p.err = fmt.Errorf("partition %s: %w", p.id, storageclient.ErrFenced)
	ps.closing.Go(func() {
		ps.mu.Lock()
		ps.fenced++
		ps.mu.Unlock()
		ps.detector.set.Logger.Warn("partition dropped: another collector has opened its state",
			zap.String("topic", p.id.topic), zap.Int32("partition", p.id.number))
		if p.assigned != nil {
			p.assigned.Lose() // The receiver then calls Release.
			return
		}
		_ = ps.release(p, false)
	})
}

// release closes a partition, once. If save is true, it first sends the pending alerts and saves the state.
func (ps *partitions) release(p *partition, save bool) (err error) {
	p.close.Do(func() {
		d := ps.detector
		p.engine.Lock()
		if p.err == nil {
			p.err = fmt.Errorf("partition %s is closed", p.id)
		} else {
			save = false // It is fenced.
		}
		hasEngine := p.engine.Engine != nil
		p.engine.Unlock()
		if save || hasEngine && !p.checkpoints.isStored() {
			d.flushLast(p.shard)
		}
		err = p.closeCheckpoints(save)
		d.health.Set(p.checkpoints.part, nil)
		ps.mu.Lock()
		defer ps.mu.Unlock()
		if ps.shards[p.id] == p {
			delete(ps.shards, p.id)
		}
		if hasEngine {
			d.tables.remove(p.engine)
			p.engine.Lock()
			ps.past.add(p.shard)
			p.engine.Unlock()
			ps.past = ps.past.past()
		}
	})
	return err
}

// readyLocked returns the open shards in the order of their names. The caller holds mu.
func (ps *partitions) readyLocked() (list []*partition) {
	for _, p := range ps.shards {
		select {
		case <-p.opened:
			if p.openErr == nil {
				list = append(list, p)
			}
		default:
		}
	}
	slices.SortFunc(list, func(a, b *partition) int { return compareIDs(a.id, b.id) })
	return list
}

// all returns the shards of all partitions, and the one without a partition.
func (ps *partitions) all() []*shard {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	list := []*shard{ps.detector.shard}
	for _, p := range ps.readyLocked() {
		list = append(list, p.shard)
	}
	return list
}

// start starts the periodic jobs. The returned function closes all partitions.
func (ps *partitions) start() (stop func() error) {
	job := periodic.Start(memoryInterval, func(context.Context) { ps.shareMemory() })
	return func() error {
		job.Stop()
		ps.closing.Wait()
		ps.mu.Lock()
		open := slices.Collect(maps.Values(ps.shards))
		ps.mu.Unlock()
		var errs []error
		for _, p := range open {
			<-p.opened
			errs = append(errs, ps.release(p, true))
		}
		ps.closing.Wait()
		return errors.Join(errs...)
	}
}
