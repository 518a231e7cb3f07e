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
	// episode returns the current episode of the key. Nil if the rule has no episodes.
	episode func(*V) *episode
}

func newKeyed[V any](b *base, c codec[V]) keyed[V] {
	table := lru.New[V](b.set.MaxKeys)
	log := &changeLog[V]{rule: b.ID, table: table, encode: c.encode, decode: c.decode, restored: func(*lru.Key, *V) {}}
	if c.episode != nil {
		table.Dropped = func(_ *lru.Key, v *V) { c.episode(v).drop() }
		log.restored = func(k *lru.Key, v *V) { b.requeue(k, c.episode(v)) }
	}
	return keyed[V]{table, log}
}

func (k *keyed[V]) size() (int, int64) { return k.table.Len(), k.table.Evicted }

func (k *keyed[V]) saver() saver { return k.log }

// stateExpired reports whether dropping a key cannot change any result: flows that are still in time can reach neither
// the window of its newest entry nor its episode.
func stateExpired(b *base, k *lru.Key, newest int64, ep *episode) bool {
	return b.settled(k, newest+b.window) && (ep == nil || b.settled(k, ep.lastMet+b.quiet))
}
