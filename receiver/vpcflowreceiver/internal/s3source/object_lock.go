// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"sync"
)

// objectLocks lets one goroutine at a time read an object. It is safe for concurrent use.
type objectLocks struct {
	mu sync.Mutex
	// held has a channel for each locked id, which is closed when the lock is released.
	held map[string]chan struct{}
}

func newObjectLocks() *objectLocks { return &objectLocks{held: map[string]chan struct{}{}} }

// lock waits until no other goroutine holds the lock of an id. It returns an error only if ctx ends.
func (l *objectLocks) lock(ctx context.Context, id string) (unlock func(), _ error) {
	for {
		l.mu.Lock()
		other, ok := l.held[id]
		if !ok {
			mine := make(chan struct{})
			l.held[id] = mine
			l.mu.Unlock()
			return func() {
				l.mu.Lock()
				defer l.mu.Unlock()
				delete(l.held, id)
				close(mine)
			}, nil
		}
		l.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
