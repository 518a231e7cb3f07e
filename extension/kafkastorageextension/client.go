// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

// errFenced means that a client may no longer write.
var errFenced = fmt.Errorf("%w; collectors that run at the same time need different values of prefix", storageclient.ErrFenced)

var (
	errClosed       = errors.New("storage is closed")
	errEmptyKey     = errors.New("key is empty")
	errWrongType    = errors.New("wrong operation type")
	errMissingChunk = errors.New("a part of the value is missing in the topic")
)

// client stores the state of one owner. It is safe for concurrent use.
type client struct {
	log     *ownerLog
	onClose func()
	// share opens the values that all collectors share; see Shared.
	share func(ctx context.Context, name string, maximum int) (storage.Client, error)

	mu    sync.Mutex
	index *index
	cache *cache
	// writer is nil after a write whose result is unknown, until the client has read what was written.
	writer *kgo.Client
	// id identifies the client in the owner's records that it writes, and sessions is their number.
	id       string
	sessions int
	// position is the offset after the last record that was read or written.
	position int64
	// err is why the client can no longer be used: errClosed or errFenced.
	err error
}

var (
	_ storage.Client = (*client)(nil)
	_ storage.Walker = (*client)(nil)
)

// openClient fences earlier clients of the owner, and reads the state.
func openClient(ctx context.Context, log *ownerLog, shared *cache) (*client, error) {
	c := &client{log: log, index: newIndex(log.owner), cache: shared, id: rand.Text()}
	err := c.begin(ctx, false)
	if err != nil && !errors.Is(err, storage.ErrStorageFull) && ctx.Err() == nil {
		// The first write to a new topic may take longer than timeout, for example until its partitions have leaders.
		c.discardWriter()
		err = c.begin(ctx, false)
	}
	if err != nil {
		c.discardWriter()
		return nil, err
	}
	return c, nil
}

// begin opens a writer and reads what was written since the last position. It writes a record with a new session, and reads
// up to this record: then no earlier client can write any more. If the client is reopened, it must not supersede a client that was
// opened meanwhile: then begin returns errFenced.
func (c *client) begin(ctx context.Context, reopened bool) error {
	writer, err := c.log.newWriter()
	if err != nil {
		return err
	}
	c.writer = writer
	c.sessions++
	session := fmt.Sprint(c.id, "/", c.sessions)
	if err := c.log.write(ctx, writer, []*kgo.Record{{Key: []byte(c.log.owner), Value: []byte(session)}}); err != nil {
		return err
	}
	superseded := false
	err = c.log.read(ctx, c.position, kgo.ReadCommitted(), func(r *kgo.Record) bool {
		c.see(r)
		superseded = superseded || reopened && c.isForeign(r)
		return c.sessionOf(r) == session || c.isFull()
	})
	switch {
	case err != nil:
		return err
	case superseded:
		return errFenced
	case c.isFull():
		return fmt.Errorf("max_memory_mib: the keys need more than %d: %w", c.log.config.MaxMemoryMiB, storage.ErrStorageFull)
	}
	return nil
}

// see applies a committed record.
func (c *client) see(r *kgo.Record) {
	c.position = r.Offset + 1
	if r.Attrs.IsControl() {
		return
	}
	c.index.apply(r)
	if _, _, ok := parseKey(c.log.owner, r.Key); ok && len(r.Value) > smallValue {
		c.cache.add(c.place(r.Offset), r.Value)
	}
}

func (c *client) place(offset int64) place { return place{c.log.partition, offset} }

// sessionOf returns the session of the owner's record, or "" for other records.
func (c *client) sessionOf(r *kgo.Record) string {
	if r.Attrs.IsControl() || string(r.Key) != c.log.owner {
		return ""
	}
	return string(r.Value)
}

// isForeign reports whether a record shows that another client was opened.
func (c *client) isForeign(r *kgo.Record) bool {
	session := c.sessionOf(r)
	return session != "" && !strings.HasPrefix(session, c.id+"/")
}

func (c *client) isFull() bool { return c.index.size > c.log.config.MaxMemoryMiB<<20 }

// ready makes sure that the client can be used. After a write whose result is unknown, it reads what was written. If
// another client was opened since, this one is fenced, and must not fence the other one.
func (c *client) ready(ctx context.Context) error {
	if c.err != nil || c.writer != nil {
		return c.err
	}
	fenced, err := c.isSuperseded(ctx)
	if err == nil && !fenced {
		err = c.begin(ctx, true)
	}
	if fenced || errors.Is(err, errFenced) {
		c.err, err = errFenced, errFenced
	}
	if err != nil {
		c.discardWriter()
	}
	return err
}

// isSuperseded reports whether another client has been opened since the last position.
func (c *client) isSuperseded(ctx context.Context) (superseded bool, _ error) {
	end, err := c.log.stableEnd(ctx)
	if err != nil || end <= c.position {
		return false, err
	}
	err = c.log.read(ctx, c.position, kgo.ReadCommitted(), func(r *kgo.Record) bool {
		superseded = superseded || c.isForeign(r)
		return superseded || r.Offset+1 >= end
	})
	return superseded, err
}

func (c *client) discardWriter() {
	if c.writer != nil {
		c.writer.Close()
		c.writer = nil
	}
}

// Close implements storage.Client.
func (c *client) Close(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if errors.Is(c.err, errClosed) {
		return nil
	}
	c.err = errClosed
	c.discardWriter()
	c.index = newIndex("")
	if c.onClose != nil {
		c.onClose()
	}
	return nil
}
