// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"net/http"
	"sync"

	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// maxRequests is how many requests are remembered. Firehose repeats one for two hours at most.
const maxRequests = 10_000

// requests remembers how much of each request was accepted, by its id, which Firehose keeps the same when it repeats one:
// so that what was accepted is passed over then.
type requests struct {
	mu        sync.Mutex
	positions *positions
	// forgotten is told of each request that had to go.
	forgotten func()
	// busy are the requests that are being read, of which there are max_concurrent_requests at most.
	busy map[string]bool
}

func newRequests(forgotten func()) *requests {
	return &requests{forgotten: forgotten, busy: map[string]bool{}}
}

func (q *requests) open(ctx context.Context, client storage.Client) error {
	store := keyValues(memory{})
	if client != nil {
		store = client
	}
	var err error
	if q.positions, err = openPositions(ctx, store, "firehose"); err != nil {
		return err
	}
	q.positions.max = maxRequests
	q.positions.forgotten = q.forgotten
	return nil
}

// requestKey is the key of a request: its id, and the stream that it is of.
func requestKey(r *http.Request) string {
	return headKey([]byte(r.Header.Get(headerSourceARN) + " " + r.Header.Get(headerRequestID)))
}

// occupy keeps others from the request until it is free again; free is nil where another has done so.
func (q *requests) occupy(key string) (_ *file, free func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy[key] {
		return nil, nil
	}
	q.busy[key] = true
	return &file{object: key}, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.busy, key)
	}
}

// load fills in what is known of a request.
func (q *requests) load(ctx context.Context, f *file) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	known, err := q.positions.load(ctx, f.object)
	if known != nil {
		known.object = f.object
		*f = *known
	}
	return err
}

// save stores how much of a request was accepted.
func (q *requests) save(ctx context.Context, f *file) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.positions.save(ctx, f)
}
