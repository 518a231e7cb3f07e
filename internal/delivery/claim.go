// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package delivery

import "sync"

// Claimant makes the claims of one component that keeps state. All batches between two saves share one claim, so that
// claims cost nothing per batch. It is safe for concurrent use.
type Claimant struct {
	saveSoon func()

	mu      sync.Mutex
	current *Claim // nil if no batch was claimed since the last save
}

// NewClaimant returns a Claimant. saveSoon asks the component to save soon, and does not block.
func NewClaimant(saveSoon func()) *Claimant { return &Claimant{saveSoon: saveSoon} }

// Claim makes the receiver of a batch wait for the next Confirm. The state must already contain the batch, or the next
// save must wait for it. Claim returns false if the receiver does not wait.
func (c *Claimant) Claim(b *Batch) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil {
		c.current = &Claim{confirmed: make(chan struct{}), saveSoon: c.saveSoon}
	}
	return b.claim(c.current)
}

// Confirm confirms all claimed batches: the state that contains them is stored.
func (c *Claimant) Confirm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil {
		close(c.current.confirmed)
		c.current = nil
	}
}

// Claim is the promise of a component to store the state that contains some batches.
type Claim struct {
	confirmed chan struct{}
	saveSoon  func()
}

// Confirmed is closed when the state is stored. It stays open if the component stops before.
func (c *Claim) Confirmed() <-chan struct{} { return c.confirmed }

// IsConfirmed reports whether the state is stored.
func (c *Claim) IsConfirmed() bool {
	select {
	case <-c.confirmed:
		return true
	default:
		return false
	}
}

// SaveSoon asks the component to save soon, and does not block. Requests of several callers share one save.
func (c *Claim) SaveSoon() { c.saveSoon() }
