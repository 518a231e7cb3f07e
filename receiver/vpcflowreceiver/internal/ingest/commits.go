// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
)

// flushTimeout is how long all calls of flush wait together.
const flushTimeout = 3 * time.Second

// commits stores the positions of inputs when they are confirmed, also of inputs that are no longer read. It has one
// goroutine for each claim that is not confirmed; all batches between two saves of a component share a claim.
type commits struct {
	stop    chan struct{}
	running sync.WaitGroup

	mu sync.Mutex
	// waiting are the tracks with positions that are not confirmed.
	waiting map[*Track]bool
	// watched are the claims whose confirmation is awaited.
	watched map[*delivery.Claim]bool
	stopped bool
	// flushUntil is when flush stops waiting; zero before its first call.
	flushUntil time.Time
}

func newCommits() *commits {
	return &commits{stop: make(chan struct{}), waiting: map[*Track]bool{}, watched: map[*delivery.Claim]bool{}}
}

// watch commits a track once its claims are confirmed.
func (c *commits) watch(t *Track, claims []*delivery.Claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return
	}
	c.waiting[t] = true
	for _, claim := range claims {
		if c.watched[claim] {
			continue
		}
		c.watched[claim] = true
		c.running.Go(func() {
			select {
			case <-claim.Confirmed():
				c.commit(claim)
			case <-c.stop:
			}
		})
	}
}

// commit stores the positions of all inputs that are now confirmed.
func (c *commits) commit(claim *delivery.Claim) {
	c.mu.Lock()
	delete(c.watched, claim)
	tracks := slices.Collect(maps.Keys(c.waiting))
	c.mu.Unlock()
	for _, t := range tracks {
		if !t.commit(context.Background()) {
			c.remove(t)
		}
	}
}

// remove removes a track unless it has got another position meanwhile.
func (c *commits) remove(t *Track) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		delete(c.waiting, t)
	}
}

// saveSoon asks all components whose confirmation is awaited to save soon.
func (c *commits) saveSoon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for claim := range c.watched {
		claim.SaveSoon()
	}
}

// flush asks all components to save at shutdown, and waits until all positions are stored. It gives up flushTimeout after
// the first call, because several sources shut down one after the other.
func (c *commits) flush(ctx context.Context) {
	c.saveSoon()
	c.mu.Lock()
	tracks := slices.Collect(maps.Keys(c.waiting))
	if c.flushUntil.IsZero() {
		c.flushUntil = time.Now().Add(flushTimeout)
	}
	ctx, cancel := context.WithDeadline(ctx, c.flushUntil)
	c.mu.Unlock()
	defer cancel()
	for _, t := range tracks {
		select {
		case <-t.Confirmed():
		case <-c.stop:
			return
		case <-ctx.Done():
			return
		}
	}
}

// close stops waiting. Positions that are not confirmed are not stored.
func (c *commits) close() {
	c.mu.Lock()
	if !c.stopped {
		c.stopped = true
		close(c.stop)
	}
	c.mu.Unlock()
	c.running.Wait()
}
