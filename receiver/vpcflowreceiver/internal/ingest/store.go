// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// MaxCheckpoints is the default maximum number of checkpoints in a Store.
const MaxCheckpoints = 100_000

// Progress is a Checkpoint, or a struct that embeds one and adds the fields of a source. It is stored as JSON.
type Progress interface{ base() *Checkpoint }

// Store keeps the checkpoints of one source, each under a key. The cost of saving one does not depend on their
// number. At the maximum, a new key evicts the oldest one. A Store is safe for concurrent use.
//
// A ring of numbered slots keeps the keys in their order, to find the oldest.
type Store struct {
	client Client
	// shared means that other collectors use the storage at the same time. The storage then evicts the oldest keys itself.
	shared bool
	max    uint64
	// nextName, entryPrefix and slotPrefix are the names in the client's storage.
	nextName, entryPrefix, slotPrefix string
	evicted                           func()

	mu sync.Mutex
	// next is the number of the next slot.
	next uint64
	// formats caches the formats of loaded checkpoints.
	formats map[string]*flow.Format
}

// Client is the part of a storage client that a Store needs.
type Client interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Batch(ctx context.Context, ops ...*storage.Operation) error
}

// OpenStore opens the checkpoints of a source. If client is nil, it keeps them in memory. It calls evicted for each
// evicted checkpoint.
func OpenStore(ctx context.Context, client Client, source string, maximum uint64, evicted func()) (*Store, error) {
	if client == nil {
		client = memory{}
	}
	s := &Store{
		client:      client,
		max:         maximum,
		nextName:    source + ".next",
		entryPrefix: source + ".checkpoint.",
		slotPrefix:  source + ".slot.",
		evicted:     evicted,
		formats:     map[string]*flow.Format{},
	}
	value, err := client.Get(ctx, s.nextName)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	if len(value) == 8 {
		s.next = binary.BigEndian.Uint64(value)
	}
	return s, nil
}

// OpenSharedStore opens the checkpoints of a source in a storage that several collectors use at the same time. The storage
// bounds their number. Each is not supported.
func OpenSharedStore(client Client, source string) *Store {
	return &Store{client: client, shared: true, entryPrefix: source + ".checkpoint.", formats: map[string]*flow.Format{}}
}

// Load reads a checkpoint into p and reports whether there is one under the key.
func (s *Store) Load(ctx context.Context, key string, p Progress) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, err := s.client.Get(ctx, s.entryPrefix+key)
	if value == nil || err != nil {
		return false, err
	}
	if err := s.decode(key, value, p); err != nil {
		return false, err
	}
	return true, nil
}

// Each calls visit for all checkpoints, in the order in which they were first stored. load decodes the checkpoint into p.
func (s *Store) Each(ctx context.Context, visit func(key string, load func(p Progress) error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	const chunk = 1000
	for first := s.next - min(s.next, s.max); first < s.next; first += chunk {
		names := make([]string, 0, chunk)
		for number := first; number < min(first+chunk, s.next); number++ {
			names = append(names, s.slot(number))
		}
		keys, err := s.get(ctx, names)
		if err != nil {
			return err
		}
		clear(names)
		for i, key := range keys {
			names[i] = s.entryPrefix + string(key)
		}
		values, err := s.get(ctx, names)
		if err != nil {
			return err
		}
		for i, value := range values {
			if value != nil {
				key := string(keys[i])
				visit(key, func(p Progress) error { return s.decode(key, value, p) })
			}
		}
	}
	return nil
}

func (s *Store) slot(number uint64) string { return fmt.Sprint(s.slotPrefix, number%s.max) }

func (s *Store) get(ctx context.Context, names []string) ([][]byte, error) {
	ops := make([]*storage.Operation, len(names))
	for i, name := range names {
		ops[i] = storage.GetOperation(name)
	}
	if err := s.client.Batch(ctx, ops...); err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	values := make([][]byte, len(names))
	for i, op := range ops {
		values[i] = op.Value
	}
	return values, nil
}

func (s *Store) decode(key string, value []byte, p Progress) error {
	if err := json.Unmarshal(value, p); err != nil {
		return fmt.Errorf("checkpoint %s: %w", key, err)
	}
	c := p.base()
	if c.Format == "" {
		return nil
	}
	// Many checkpoints have the same format.
	format := s.formats[c.Format]
	if format == nil {
		var err error
		if format, err = flow.ParseFormat(c.Format); err != nil {
			return fmt.Errorf("format of checkpoint %s: %w", key, err)
		}
		if len(s.formats) >= maxFormats {
			clear(s.formats)
		}
		s.formats[c.Format] = format
	}
	c.format, c.Format = format, format.String()
	return nil
}

// maxFormats bounds the number of cached formats.
const maxFormats = 1000

// Save stores a checkpoint under a key.
func (s *Store) Save(ctx context.Context, key string, p Progress) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := p.base()
	before := *c
	if c.format != nil {
		c.Format = c.format.String()
	}
	isNew := !s.shared && (c.Sequence == 0 || s.next-(c.Sequence-1) > s.max)
	if isNew {
		c.Sequence = s.next + 1
	}
	evicts, err := s.write(ctx, key, p, isNew)
	if err != nil {
		*c = before
		return err
	}
	if isNew {
		s.next++
	}
	if evicts && s.evicted != nil {
		s.evicted()
	}
	return nil
}

// write writes an entry and, if its key is new, a slot for it.
func (s *Store) write(ctx context.Context, key string, p Progress, isNew bool) (evicts bool, _ error) {
	value, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	var ops []*storage.Operation
	if isNew {
		slot := s.slot(s.next)
		old, err := s.client.Get(ctx, slot)
		if err != nil {
			return false, err
		}
		ops = append(ops,
			storage.SetOperation(slot, []byte(key)),
			storage.SetOperation(s.nextName, binary.BigEndian.AppendUint64(nil, s.next+1)))
		if evicts = old != nil; evicts {
			ops = append(ops, storage.DeleteOperation(s.entryPrefix+string(old)))
		}
	}
	return evicts, s.client.Batch(ctx, append(ops, storage.SetOperation(s.entryPrefix+key, value))...)
}

// memory keeps checkpoints without a storage extension.
type memory map[string][]byte

func (m memory) Get(_ context.Context, key string) ([]byte, error) { return m[key], nil }

func (m memory) Batch(_ context.Context, ops ...*storage.Operation) error {
	for _, op := range ops {
		switch op.Type {
		case storage.Get:
			op.Value = m[op.Key]
		case storage.Set:
			m[op.Key] = op.Value
		case storage.Delete:
			delete(m, op.Key)
		}
	}
	return nil
}
