// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"slices"
	"sync"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
)

// Track stores the positions of one input. A position is stored when all components that claimed its batches have
// confirmed them, and those of all earlier positions. Without claims, it is stored at once.
//
// Records after the last stored position are read again after a crash.
type Track struct {
	ingester *Ingester
	input    delivery.Input
	store    func(ctx context.Context, p Progress) error

	// claims are those of the batches after the newest position. Only the Reader uses them.
	claims []*delivery.Claim

	mu sync.Mutex
	// waiting are positions that are not confirmed, oldest first.
	waiting []waitingPosition
	// sequence is the sequence number of the stored checkpoint; zero if none is stored.
	sequence uint64
}

// waitingPosition is a position that is not stored because its claims are not confirmed.
type waitingPosition struct {
	name     string // of the input, for messages
	progress Progress
	claims   []*delivery.Claim
	// confirmed is closed when the position is confirmed.
	confirmed chan struct{}
}

// maxWaiting bounds the waiting positions of an input.
const maxWaiting = 16

// NewTrack returns the Track of an input. id identifies the input among all inputs of the receiver, also after a restart.
// sequence is that of its stored checkpoint. store stores a checkpoint. It may be called by another goroutine.
func (in *Ingester) NewTrack(id delivery.Input, sequence uint64, store func(ctx context.Context, p Progress) error) *Track {
	return &Track{ingester: in, input: id, sequence: sequence, store: store}
}

// StoreNow stores a position without waiting. Nothing after it may have been sent.
func (t *Track) StoreNow(ctx context.Context, p Progress) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.write(ctx, p)
}

// Confirmed returns a channel that is closed when all positions are confirmed.
func (t *Track) Confirmed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.waiting); n > 0 {
		return t.waiting[n-1].confirmed
	}
	return confirmed
}

// confirmed is a closed channel.
var confirmed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// sent adds the claims of a batch after the newest position.
func (t *Track) sent(claims []*delivery.Claim) { t.claims = union(t.claims, claims) }

// add adds the newest position and stores what is confirmed. The returned channel is closed when the position is
// confirmed. p must not change afterwards.
func (t *Track) add(ctx context.Context, name string, p Progress) <-chan struct{} {
	claims := union(nil, t.claims)
	t.claims = nil
	t.mu.Lock()
	n := len(t.waiting)
	if n > 0 && (len(claims) == 0 || slices.Equal(claims, t.waiting[n-1].claims)) {
		t.waiting[n-1].name, t.waiting[n-1].progress = name, p
	} else {
		t.waiting = append(t.waiting, waitingPosition{name, p, claims, make(chan struct{})})
		t.bound()
	}
	done := t.waiting[len(t.waiting)-1].confirmed
	t.mu.Unlock()
	if t.commit(ctx) {
		t.ingester.commits.watch(t, claims)
	}
	return done
}

// bound merges the two newest positions if there are too many. The newer one then waits for all their claims.
func (t *Track) bound() {
	n := len(t.waiting)
	if n <= maxWaiting {
		return
	}
	merged, newest := &t.waiting[n-2], t.waiting[n-1]
	merged.name, merged.progress, merged.claims = newest.name, newest.progress, union(newest.claims, merged.claims)
	t.waiting = t.waiting[:n-1]
}

// commit stores the newest position that is confirmed together with all before it. It reports whether others wait.
func (t *Track) commit(ctx context.Context) (waits bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for n < len(t.waiting) && areConfirmed(t.waiting[n].claims) {
		n++
	}
	if n == 0 {
		return len(t.waiting) > 0
	}
	p := t.waiting[n-1]
	if err := t.write(ctx, p.progress); err != nil {
		t.ingester.LogFailure(ctx, p.name, "save checkpoint", err)
	}
	for _, p := range t.waiting[:n] {
		close(p.confirmed)
	}
	t.waiting = slices.Delete(t.waiting, 0, n)
	return len(t.waiting) > 0
}

// write stores a position, even if ctx has ended. The caller holds mu.
func (t *Track) write(ctx context.Context, p Progress) error {
	p.base().Sequence = t.sequence
	err := t.store(context.WithoutCancel(ctx), p)
	t.sequence = p.base().Sequence
	return err
}

func areConfirmed(claims []*delivery.Claim) bool {
	return !slices.ContainsFunc(claims, func(c *delivery.Claim) bool { return !c.IsConfirmed() })
}

// union returns the claims of two lists that are not confirmed, each once.
func union(a, b []*delivery.Claim) []*delivery.Claim {
	for _, c := range b {
		if !slices.Contains(a, c) {
			a = append(a, c)
		}
	}
	return slices.DeleteFunc(a, (*delivery.Claim).IsConfirmed)
}
