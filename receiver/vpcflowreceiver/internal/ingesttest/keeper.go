// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingesttest

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// Keeper is a consumer that keeps state, as vpc_detection with storage does. It claims all batches. Confirm stores its
// state.
type Keeper struct {
	*delivery.Claimant
	// Requested counts the requests to save soon.
	Requested atomic.Int64

	mu        sync.Mutex
	positions []Position
}

// Position is the position of a batch.
type Position struct {
	// Input identifies the input, and First is the position of the first record.
	Input delivery.Input
	First int64
	// Records is the number of records according to the receiver, and Counted the number in the batch.
	Records, Counted int64
}

// Keep makes a Keeper the consumer of the next Ingester. It passes the records to the sink.
func (h *Harness) Keep() *Keeper {
	k := &Keeper{}
	k.Claimant = delivery.NewClaimant(func() { k.Requested.Add(1) })
	h.Next = Consumer(h.t, func(ctx context.Context, logs plog.Logs) error {
		b := delivery.FromContext(ctx)
		if b == nil {
			return nil // a partition is announced
		}
		counted := int64(0)
		for range flowotlp.All(logs) {
			counted++
		}
		k.mu.Lock()
		k.positions = append(k.positions, Position{b.Input, b.First, b.Records, counted})
		k.mu.Unlock()
		k.Claim(b)
		return h.Sink.ConsumeLogs(ctx, logs)
	})
	return k
}

// ConfirmWhenAsked makes the Keeper store its state when a receiver asks for it.
func (k *Keeper) ConfirmWhenAsked() {
	k.Claimant = delivery.NewClaimant(func() {
		k.Requested.Add(1)
		go k.Confirm()
	})
}

// Positions returns the positions of all batches so far.
func (k *Keeper) Positions() []Position {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.positions)
}
