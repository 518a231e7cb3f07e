// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package delivery

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Partition is a partition of a topic while it is assigned to a receiver. A component that keeps state has one state for
// each partition, so that another collector can continue it.
//
// The receiver attaches the Partition to the context of each call. Its first call has no records: components restore their
// state, and report the position up to which it counts the partition. The receiver starts there. At the end, it calls
// Release. A Partition is safe for concurrent use.
type Partition struct {
	// Topic and Number identify the partition.
	Topic  string
	Number int32
	// Input identifies the partition in its batches.
	Input Input

	lose func()

	mu       sync.Mutex
	holders  []Holder
	released bool
}

// Holder is a component with the state of a partition.
type Holder struct {
	// Component identifies the component.
	Component any
	// Counted is the position up to which the state counts the partition. Zero means that the state is new.
	Counted int64
	// Release ends the use of the state. If save is true, it stores what is not stored yet.
	Release func(ctx context.Context, save bool) error
}

// NewPartition returns a partition. lose is called if a component finds that another collector has the partition. It must
// not block.
func NewPartition(topic string, number int32, input Input, lose func()) *Partition {
	return &Partition{Topic: topic, Number: number, Input: input, lose: lose}
}

type partitionKey struct{}

// NewPartitionContext attaches a partition to a context.
func NewPartitionContext(ctx context.Context, p *Partition) context.Context {
	return context.WithValue(ctx, partitionKey{}, p)
}

// PartitionFromContext returns the partition of a call. It returns nil if the call did not come directly from a receiver
// that attaches partitions.
func PartitionFromContext(ctx context.Context) *Partition {
	p, _ := ctx.Value(partitionKey{}).(*Partition)
	return p
}

// Hold adds a component that has restored its state, once. It returns false after Release: the component must then drop the
// state.
func (p *Partition) Hold(h Holder) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.released && !slices.ContainsFunc(p.holders, func(other Holder) bool { return other.Component == h.Component }) {
		p.holders = append(p.holders, h)
	}
	return !p.released
}

// Counted returns the position at which the receiver starts: the least position of all components with saved state. It
// returns zero if there is none.
func (p *Partition) Counted() (position int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range p.holders {
		if position == 0 || h.Counted > 0 && h.Counted < position {
			position = h.Counted
		}
	}
	return position
}

// Release makes all components release their state. No call may be running, and none may follow. If save is false, another
// collector may have the partition already.
func (p *Partition) Release(ctx context.Context, save bool) error {
	p.mu.Lock()
	holders := p.holders
	p.released, p.holders = true, nil
	p.mu.Unlock()
	var errs []error
	for _, h := range holders {
		errs = append(errs, h.Release(ctx, save))
	}
	return errors.Join(errs...)
}

// Lose says that another collector has the partition.
func (p *Partition) Lose() { p.lose() }
