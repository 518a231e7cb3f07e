// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"iter"
	"sync"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// objectHandler reads objects ahead and handles the results in order.
type objectHandler interface {
	// read reads an object, but waits for turn before its first record is delivered. It returns an error only if ctx
	// ends.
	read(ctx context.Context, o listedObject, turn waitTurn) (readResult, error)
	// handle handles the result of an object. The next object delivers its records after handle returns. An error stops
	// reading.
	handle(ctx context.Context, o listedObject, result readResult) error
}

// readAhead reads objects in order, up to width at a time. While one object delivers its records, the next objects are
// opened and their first batches are decoded.
func readAhead(ctx context.Context, width int, objects iter.Seq2[listedObject, error], handler objectHandler) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		running sync.WaitGroup
		slots   = make(chan struct{}, width)
		ordered = make(chan *pendingObject, width)
	)
	running.Go(func() {
		defer close(ordered)
		previous := make(chan struct{})
		close(previous)
		for object, err := range objects {
			if err != nil {
				cancel(err)
				return
			}
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			p := &pendingObject{object: object, read: make(chan struct{}), handled: make(chan struct{})}
			turn := ingest.TurnAfter(previous)
			previous = p.handled
			running.Go(func() {
				defer close(p.read)
				p.result, p.err = handler.read(ctx, object, turn)
			})
			ordered <- p // This does not block: the channel has a place for each slot.
		}
	})
	defer running.Wait()
	for p := range ordered {
		<-p.read
		if p.err == nil {
			p.err = handler.handle(ctx, p.object, p.result)
		}
		if p.err != nil {
			cancel(p.err)
			return p.err
		}
		close(p.handled)
		<-slots
	}
	return context.Cause(ctx)
}

// pendingObject is an object that is being read or waits to be handled.
type pendingObject struct {
	object listedObject
	result readResult
	err    error
	// read is closed when result and err are set; handled when the next object may deliver.
	read, handled chan struct{}
}
