// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// keyed is the state of a rule: one value per key, bounded by max_keys and by max_state_mib, and saved to storage.
type keyed[V any] struct {
	table *lru.Table[V]
	log   *changeLog[V]
	limit int // max_keys
	// heap returns the memory of what the values point to, in bytes. Nil if they have no pointers.
	heap func() int64
	// moved is called when an entry gets another number, and compacted after all of them. May be nil.
	moved     func(from, to uint32, value *V)
	compacted func()
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
	log := &changeLog[V]{key: b.storageKey, shape: b.shape(), parts: b.parts, table: table, encode: c.encode, decode: c.decode, last: c.last}
	if b.parts > 1 {
		log.layout.keys = unsaved // the header of the first part says how many there are
	}
	if c.episode != nil {
		table.Dropped = func(_ uint32, v *V) { c.episode(v).drop() }
		log.restored = func(scope uint32, v *V) { b.requeue(scope, c.episode(v)) }
	}
	return keyed[V]{table: table, log: log, limit: b.maxKeys}
}

func (k *keyed[V]) size() (int, int64) { return k.table.Len(), k.table.Evicted }

func (k *keyed[V]) saver() saver { return k.log }

// stateExpired reports whether dropping a key cannot change any result: the next flow that is in time would drop all
// entries of the key, and cannot belong to its episode, which is resolved.
func stateExpired(b *base, scope uint32, newest int64, ep *episode) bool {
	return b.settled(scope, newest+b.keep()) && (ep == nil || b.settled(scope, ep.lastMet+b.quiet) && !ep.waiting())
}
