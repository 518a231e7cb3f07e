// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// keyed is the state of a rule: one value per key, bounded by max_keys and saved to storage.
type keyed[V any] struct {
	table *lru.Table[V]
	log   *changeLog[V]
}

// codec writes and reads the value of a key.
type codec[V any] struct {
	encode func(*encode.Encoder, *V)
	decode func(*encode.Decoder, *V)
	// last returns the latest time of the value, in Unix seconds.
	last func(*V) int64
	// episode returns the current episode of the key. Nil if the rule has no episodes.
	episode func(*V) *episode
}

func newKeyed[V any](b *base, c codec[V]) keyed[V] {
	table := lru.New[V](b.maxKeys)
	log := &changeLog[V]{key: b.storageKey, parts: b.parts, table: table, encode: c.encode, decode: c.decode, last: c.last, restored: func(uint32, *V) {}}
	if b.parts > 1 {
		log.layout.keys = unsaved // the header of the first part says how many there are
	}
	if c.episode != nil {
		table.Dropped = func(_ uint32, v *V) { c.episode(v).drop() }
		log.restored = func(scope uint32, v *V) { b.requeue(scope, c.episode(v)) }
	}
	return keyed[V]{table, log}
}

func (k *keyed[V]) size() (int, int64) { return k.table.Len(), k.table.Evicted }

func (k *keyed[V]) saver() saver { return k.log }

// extras holds what only some keys of a table need, by the numbers of their entries. The entries then have no pointers, and
// the garbage collector skips them.
type extras[X any] struct{ chunks []*[extrasChunk]*X }

const extrasChunk = 4096

// get returns what entry n has, or nil. n may be 0.
func (x *extras[X]) get(n uint32) *X {
	if n == 0 {
		return nil
	}
	return x.chunks[n/extrasChunk][n%extrasChunk]
}

// set replaces what entry n has. Nil removes it. n may be 0 then.
func (x *extras[X]) set(n uint32, value *X) {
	chunk := int(n / extrasChunk)
	if value == nil && (chunk >= len(x.chunks) || x.chunks[chunk] == nil) {
		return
	}
	for chunk >= len(x.chunks) {
		x.chunks = append(x.chunks, nil)
	}
	if x.chunks[chunk] == nil {
		x.chunks[chunk] = new([extrasChunk]*X)
	}
	x.chunks[chunk][n%extrasChunk] = value
}

// stateExpired reports whether dropping a key cannot change any result: the next flow that is in time would drop all
// entries of the key, and cannot belong to its episode.
func stateExpired(b *base, scope uint32, newest int64, ep *episode) bool {
	return b.settled(scope, newest+b.keep()) && (ep == nil || b.settled(scope, ep.lastMet+b.quiet))
}
