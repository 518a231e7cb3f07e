// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// maxRequests is the maximum number of checkpoints. Firehose repeats a request for up to two hours.
const maxRequests = 10_000

// requestCheckpoints keeps the position up to which each request was accepted. A repeated request has the same id, so
// accepted records are skipped. It is safe for concurrent use.
type requestCheckpoints struct {
	store *ingest.Store

	mu sync.Mutex
	// locked are the requests that are being read.
	locked map[string]bool
}

func newRequestCheckpoints(store *ingest.Store) *requestCheckpoints {
	return &requestCheckpoints{store: store, locked: map[string]bool{}}
}

// requestKey returns the key of a request: a hash of its delivery stream and its id.
func requestKey(r *http.Request) string {
	sum := sha256.Sum256([]byte(r.Header.Get(headerSourceARN) + " " + r.Header.Get(headerRequestID)))
	return hex.EncodeToString(sum[:16])
}

// lock reports whether the request was not locked, and locks it.
func (c *requestCheckpoints) lock(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.locked[key] {
		return false
	}
	c.locked[key] = true
	return true
}

func (c *requestCheckpoints) unlock(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.locked, key)
}

// load returns the checkpoint of a request. If none is stored, or on an error, it returns an empty one.
func (c *requestCheckpoints) load(ctx context.Context, key string) (*ingest.Checkpoint, error) {
	checkpoint := &ingest.Checkpoint{}
	if _, err := c.store.Load(ctx, key, checkpoint); err != nil {
		return &ingest.Checkpoint{}, err
	}
	return checkpoint, nil
}

func (c *requestCheckpoints) save(ctx context.Context, key string, p ingest.Progress) error {
	return c.store.Save(ctx, key, p)
}
