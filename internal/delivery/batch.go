// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package delivery connects receivers, which know where records come from, with components that keep state. A
// receiver stores a position only after every such component has stored the state that covers it. A component that
// gets records again after a crash skips those that its state already contains.
//
// A receiver attaches a Batch to the context of each ConsumeLogs call. The Batch has the position of the records in
// their input. A component with stored state claims the batch during the call, and confirms it after a save. If nobody
// has claimed the batch when the call returns, it counts as confirmed.
//
// The Batch is a context value and no client metadata. Components that merge or reorder batches keep metadata but drop
// context values, and positions are wrong after such components.
package delivery

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"
)

// Input identifies an input across restarts: a file, an object, a request, or a partition of a topic.
type Input [16]byte

// NewInput returns the Input with the given name. The parts of the name must be unique in one collector, and must stay
// the same after a restart.
func NewInput(parts ...string) Input {
	hash := sha256.New()
	for _, part := range parts {
		_, _ = hash.Write(append([]byte(part), 0))
	}
	return Input(hash.Sum(nil)[:16])
}

// Batch is the position of the records of one ConsumeLogs call. A receiver delivers the batches of an input one after
// the other. A repeated call needs a new Batch. A Batch is safe for concurrent use.
type Batch struct {
	// Input is the input that contains the records.
	Input Input
	// First is the position of the first record: the number of records of the input before it, or its offset in a
	// partition. Records is the number of records that the receiver has sent.
	First, Records int64
	// Origin is the position of the records in the object that another collector has read them from; nil if unknown.
	Origin *Origin

	mu     sync.Mutex
	claims []*Claim
	closed bool
	starts []start
}

// start is the position at which a component continues the batch.
type start struct {
	component any
	position  int64
}

// End returns the position after the last record.
func (b *Batch) End() int64 { return b.First + b.Records }

type contextKey struct{}

// NewContext attaches a batch to a context.
func NewContext(ctx context.Context, b *Batch) context.Context {
	return context.WithValue(ctx, contextKey{}, b)
}

// FromContext returns the batch of a ConsumeLogs call. It returns nil if the call did not come directly from a receiver
// that attaches batches, or if the receiver no longer waits for it.
func FromContext(ctx context.Context) *Batch {
	b, _ := ctx.Value(contextKey{}).(*Batch)
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	return b
}

// Start returns the position up to which a component has counted the input before this batch. position reads it at the
// first call. Later calls for the same component return the same position, because a component in between may have
// split the batch.
func (b *Batch) Start(component any, position func() int64) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.starts, func(s start) bool { return s.component == component })
	if i < 0 {
		i = len(b.starts)
		b.starts = append(b.starts, start{component, position()})
	}
	return b.starts[i].position
}

// Close ends the ConsumeLogs call, and returns the claims. Later claims fail.
func (b *Batch) Close() []*Claim {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.claims
}

// claim adds a claim, once. It returns false after Close.
func (b *Batch) claim(c *Claim) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed && !slices.Contains(b.claims, c) {
		b.claims = append(b.claims, c)
	}
	return !b.closed
}
