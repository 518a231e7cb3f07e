// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxPositions is how many files are remembered. When there are more, those that were first seen longest ago go.
const maxPositions = 100_000

// positions stores the progress of files, each under a key of its own: so that to move one costs the same however many
// there are. Slots numbered in a ring hold the keys, and tell which one to forget. It is not for concurrent use.
type positions struct {
	store keyValues
	max   uint64
	// nextName, positionPrefix and slotPrefix are the names in the store.
	nextName, positionPrefix, slotPrefix string
	// forgotten is told of each progress that had to go; nil where nobody wants to know.
	forgotten func()
	// next is the sequence number of the next key.
	next uint64
}

// keyValues is the part of a storage client that is used here.
type keyValues interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Batch(ctx context.Context, ops ...*storage.Operation) error
}

// openPositions opens what is stored under names that begin with a word, which is the source's own.
func openPositions(ctx context.Context, store keyValues, word string) (*positions, error) {
	p := &positions{
		store:          store,
		max:            maxPositions,
		nextName:       word + ".next",
		positionPrefix: word + ".position.",
		slotPrefix:     word + ".slot.",
	}
	value, err := store.Get(ctx, p.nextName)
	if err != nil {
		return nil, fmt.Errorf("read positions: %w", err)
	}
	if len(value) == 8 {
		p.next = binary.BigEndian.Uint64(value)
	}
	return p, nil
}

// find gives the progress of a file by its beginning, of which head is all there is up to headSize; nil where nothing is
// known of it. Positions are at line ends, so a file that has grown since is one whose beginning up to some line end is
// known.
func (p *positions) find(ctx context.Context, head []byte) (*file, error) {
	head = head[:min(len(head), headSize)]
	for end := len(head); end > 0; end = bytes.LastIndexByte(head[:end-1], '\n') + 1 {
		f, err := p.load(ctx, headKey(head[:end]))
		if f != nil || err != nil {
			return f, err
		}
	}
	return nil, nil
}

// load gives the progress under a key; nil where there is none.
func (p *positions) load(ctx context.Context, key string) (*file, error) {
	value, err := p.store.Get(ctx, p.positionPrefix+key)
	if value == nil || err != nil {
		return nil, err
	}
	f := &file{key: key}
	if err := json.Unmarshal(value, &f.progress); err != nil {
		return nil, fmt.Errorf("position %s: %w", key, err)
	}
	if f.Format != "" {
		if f.format, err = flow.ParseFormat(f.Format); err != nil {
			return nil, fmt.Errorf("format at position %s: %w", key, err)
		}
	}
	return f, nil
}

// save stores the progress of a file. What was stored while the file was shorter stays, as it may be the progress of
// another file that begins the same way and has not grown.
func (p *positions) save(ctx context.Context, f *file) error {
	key := f.properKey()
	if key == "" {
		return nil
	}
	saved := f.progress
	if f.Position >= headSize || f.object != "" {
		saved.Head = nil
	}
	if f.format != nil {
		saved.Format = f.format.String()
	}
	var ops []*storage.Operation
	isNew := key != f.key || p.next-f.Sequence > p.max
	if isNew {
		var err error
		if ops, err = p.claim(ctx, key); err != nil {
			return err
		}
		saved.Sequence = p.next
	}
	value, err := json.Marshal(saved)
	if err != nil {
		return err
	}
	if err := p.store.Batch(ctx, append(ops, storage.SetOperation(p.positionPrefix+key, value))...); err != nil {
		return err
	}
	if isNew {
		p.next++
		if len(ops) == forgetting && p.forgotten != nil {
			p.forgotten()
		}
	}
	f.progress, f.key = saved, key
	return nil
}

// forgetting is how many operations claim gives where a key has to go.
const forgetting = 3

// claim gives the operations that put a key in the next slot, and forget the key that was there.
func (p *positions) claim(ctx context.Context, key string) ([]*storage.Operation, error) {
	slot := fmt.Sprint(p.slotPrefix, p.next%p.max)
	old, err := p.store.Get(ctx, slot)
	if err != nil {
		return nil, err
	}
	ops := []*storage.Operation{
		storage.SetOperation(slot, []byte(key)),
		storage.SetOperation(p.nextName, binary.BigEndian.AppendUint64(nil, p.next+1)),
	}
	if old != nil {
		ops = append(ops, storage.DeleteOperation(p.positionPrefix+string(old)))
	}
	return ops, nil
}

// memory is where positions are kept without a storage extension.
type memory map[string][]byte

func (m memory) Get(_ context.Context, key string) ([]byte, error) { return m[key], nil }

// Batch sets and deletes; nobody asks it to get.
func (m memory) Batch(_ context.Context, ops ...*storage.Operation) error {
	for _, op := range ops {
		if op.Type == storage.Delete {
			delete(m, op.Key)
		} else {
			m[op.Key] = op.Value
		}
	}
	return nil
}
