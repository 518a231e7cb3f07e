// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// Get implements storage.Client.
func (c *client) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := c.Batch(ctx, op)
	return op.Value, err
}

// Set implements storage.Client.
func (c *client) Set(ctx context.Context, key string, value []byte) error {
	return c.Batch(ctx, storage.SetOperation(key, value))
}

// Delete implements storage.Client.
func (c *client) Delete(ctx context.Context, key string) error {
	return c.Batch(ctx, storage.DeleteOperation(key))
}

// Batch implements storage.Client. The operations see the results of those before them. All of them are stored, or none.
func (c *client) Batch(ctx context.Context, ops ...*storage.Operation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(ctx); err != nil {
		return err
	}
	return c.batch(ctx, ops)
}

// change is the new value of a key; nil deletes it.
type change struct{ value []byte }

func (c *client) batch(ctx context.Context, ops []*storage.Operation) (err error) {
	changes := map[string]change{}
	var keys []string // in the order of their first change
	for _, op := range ops {
		switch op.Type {
		case storage.Get:
			if changed, ok := changes[op.Key]; ok {
				op.Value = slices.Clone(changed.value)
			} else if op.Value, err = c.value(ctx, op.Key); err != nil {
				return fmt.Errorf("get %q: %w", op.Key, err)
			}
			continue
		case storage.Set:
			if op.Key == "" {
				return errEmptyKey
			}
		case storage.Delete:
		default:
			return errWrongType
		}
		if _, ok := changes[op.Key]; !ok {
			keys = append(keys, op.Key)
		}
		changes[op.Key] = change{}
		if op.Type == storage.Set {
			changes[op.Key] = change{append([]byte{}, op.Value...)}
		}
	}
	return c.store(ctx, keys, changes)
}

// store writes the changes in one transaction, and then applies them. If the result of the transaction is unknown, it
// reads what was written, and writes the changes again.
func (c *client) store(ctx context.Context, keys []string, changes map[string]change) error {
	if len(keys) == 0 {
		return nil
	}
	records, grows := c.records(keys, changes)
	if grows > 0 && c.index.size+grows > c.log.config.MaxMemoryMiB<<20 {
		return storage.ErrStorageFull
	}
	if len(records) == 0 {
		return nil
	}
	err := c.log.write(ctx, c.writer, records)
	if err != nil {
		c.discardWriter()
		if err := errors.Join(c.ready(ctx), ctx.Err()); err != nil {
			return err
		}
		records, _ = c.records(keys, changes)
		if err = c.log.write(ctx, c.writer, records); err != nil {
			c.discardWriter()
			return err
		}
	}
	for _, r := range records {
		c.see(r)
	}
	return nil
}

// records returns the records that make the changes, and how much the index grows.
func (c *client) records(keys []string, changes map[string]change) (records []*kgo.Record, grows int64) {
	for _, key := range keys {
		value, owner, before := changes[key].value, c.log.owner, c.index.chunks(key)
		if e := c.index.entries[key]; e != nil {
			grows -= e.size(key)
		}
		if value == nil {
			records = append(records, deleteRecords(owner, key, 0, before)...)
			continue
		}
		// A value that exceeds max_message_bytes together with its key is divided.
		size := max(int(c.log.config.MaxMessageBytes)-recordOverhead-len(owner)-len(key), smallValue)
		records = append(records, setRecords(owner, key, value, size, before)...)
		grows += entrySize(key, value, size)
	}
	return records, grows
}

// value returns a copy of the value of a key, or nil.
func (c *client) value(ctx context.Context, key string) ([]byte, error) {
	e := c.index.entries[key]
	switch {
	case e == nil:
		return nil, nil
	case e.small != nil:
		return slices.Clone(e.small), nil
	}
	value := []byte{}
	for i, offset := range e.offsets {
		chunk, ok := c.cache.get(c.place(offset))
		if !ok {
			var err error
			if chunk, err = c.fetch(ctx, key, i, offset); err != nil {
				return nil, err
			}
		}
		value = append(value, chunk...)
	}
	return value, nil
}

// fetch reads a chunk from the topic, and adds what follows it to the cache.
func (c *client) fetch(ctx context.Context, key string, chunk int, offset int64) (value []byte, err error) {
	if offset < 0 {
		return nil, errMissingChunk
	}
	found := false
	// All offsets of the index are committed. Transactions of others would only delay a committed reader.
	err = c.log.read(ctx, offset, kgo.ReadUncommitted(), func(r *kgo.Record) bool {
		k, n, ok := parseKey(c.log.owner, r.Key)
		if ok && r.Offset == offset && k == key && n == chunk {
			value, found = r.Value, true
		}
		if ok && len(r.Value) > smallValue {
			c.cache.add(c.place(r.Offset), r.Value)
		}
		return true
	})
	if err == nil && !found {
		err = errMissingChunk
	}
	return value, err
}

// Walk implements storage.Walker, in the order of the keys.
func (c *client) Walk(ctx context.Context, fn storage.WalkFunc) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ready(ctx); err != nil {
		return err
	}
	var all []*storage.Operation
	for _, key := range slices.Sorted(maps.Keys(c.index.entries)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		value, err := c.value(ctx, key)
		if err != nil {
			return fmt.Errorf("get %q: %w", key, err)
		}
		ops, err := fn(key, value)
		if err != nil && !errors.Is(err, storage.SkipAll) {
			return err
		}
		all = append(all, ops...)
		if err != nil {
			break
		}
	}
	return c.batch(ctx, all)
}
