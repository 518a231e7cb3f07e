// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"iter"
)

// waitingBlocks is the number of blocks that are decoded ahead while an input waits for its turn.
const waitingBlocks = 2

// pipeline reads blocks, decodes them, and accepts them in their order. With several workers, one goroutine reads the
// blocks and others decode them, while the caller's goroutine accepts them. It returns when all goroutines have ended.
//
// To bound the memory, at most one block more than there are workers is decoded and not yet accepted.
func (r *Reader) pipeline(ctx context.Context, in *Input, blocks iter.Seq[*block]) error {
	workers := r.ingester.workers()
	if workers == 1 {
		return r.inSequence(ctx, in, blocks)
	}
	var (
		slots = make(chan struct{}, workers+1)
		queue = make(chan *block, workers+1)
		stop  = make(chan struct{})
	)
	go func() {
		defer close(queue)
		for b := range blocks {
			select {
			case <-slots:
			case <-stop:
				return
			}
			b.decoded = make(chan struct{})
			go func() {
				r.ingester.decode(in, b)
				close(b.decoded)
			}()
			queue <- b // It has as many places as there are slots.
		}
	}()
	granted := cap(slots)
	if in.Turn != nil {
		granted = waitingBlocks
	}
	grant(slots, granted)
	var err error
	for b := range queue {
		<-b.decoded
		if err != nil {
			continue
		}
		if err = b.err; err == nil {
			err = r.accept(ctx, in, b)
		}
		if err != nil {
			close(stop)
			continue
		}
		b.release()
		// It is now the turn of this input.
		grant(slots, 1+cap(slots)-granted)
		granted = cap(slots)
	}
	return err
}

func grant(slots chan<- struct{}, n int) {
	for range n {
		slots <- struct{}{}
	}
}

// inSequence is pipeline with one goroutine. It decodes a block when the one before it has been accepted.
func (r *Reader) inSequence(ctx context.Context, in *Input, blocks iter.Seq[*block]) error {
	for b := range blocks {
		if b.err != nil {
			return b.err
		}
		r.ingester.decode(in, b)
		if err := r.accept(ctx, in, b); err != nil {
			return err
		}
		b.release()
	}
	return nil
}
