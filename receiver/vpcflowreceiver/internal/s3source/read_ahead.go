// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"iter"
	"sync"
)

// reading is an object that is being read, or was.
type reading struct {
	object listed
	result readResult
	// err is that ctx ended.
	err error
	// read is closed when the object is read, dealt when the next one may hand on its records.
	read, dealt chan struct{}
}

// readAhead reads objects one after the other: while the records of one are handed on, the next ones are opened already,
// and wait with the first of their records; in all there are width of them. deal is told of each in their order.
func readAhead(ctx context.Context, width int, objects iter.Seq2[listed, error],
	read func(ctx context.Context, o listed, turn func(context.Context) error) (readResult, error),
	deal func(ctx context.Context, r *reading) error,
) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		running sync.WaitGroup
		places  = make(chan struct{}, width)
		ordered = make(chan *reading, width)
	)
	running.Go(func() {
		defer close(ordered)
		before := make(chan struct{})
		close(before)
		for object, err := range objects {
			if err != nil {
				cancel(err)
				return
			}
			select {
			case places <- struct{}{}:
			case <-ctx.Done():
				return
			}
			r := &reading{object: object, read: make(chan struct{}), dealt: make(chan struct{})}
			turn := waitFor(before)
			before = r.dealt
			running.Go(func() {
				defer close(r.read)
				r.result, r.err = read(ctx, object, turn)
			})
			ordered <- r // There are never more of them than places.
		}
	})
	defer running.Wait()
	for r := range ordered {
		<-r.read
		if r.err == nil {
			r.err = deal(ctx, r)
		}
		if r.err != nil {
			cancel(r.err)
			return r.err
		}
		close(r.dealt)
		<-places
	}
	return context.Cause(ctx)
}

// waitFor makes a turn of a channel that is closed when it has come.
func waitFor(turn <-chan struct{}) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-turn:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
