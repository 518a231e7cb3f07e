// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package lru

import "unsafe"

// Bytes returns the memory of the table, without what the values point to.
func (t *Table[V]) Bytes() int64 {
	return int64(len(t.chunks))*int64(unsafe.Sizeof([chunkSize]entry[V]{})) +
		int64(len(t.addresses.chunks))*int64(unsafe.Sizeof([chunkSize][16]byte{})) +
		int64(len(t.index))*int64(unsafe.Sizeof(slot(0)))
}

// Limit changes the greatest number of keys, which must be positive. Beyond it, each new key replaces one.
func (t *Table[V]) Limit(keys int) { t.limit = keys }

// Evict evicts the n least recently touched keys.
func (t *Table[V]) Evict(n int) {
	for range min(n, t.count) {
		t.Drop(t.oldest)
		t.Evicted++
	}
}

// IsSparse reports whether Compact would free at least a fifth of the entries.
func (t *Table[V]) IsSparse() bool { return len(t.free) > chunkSize && len(t.free)*4 > t.count }

// Compact frees the memory of dropped entries. Entries get new numbers; moved is called for each.
func (t *Table[V]) Compact(moved func(from, to uint32)) {
	old := *t
	t.chunks, t.addresses, t.used, t.free = nil, addresses{}, 0, nil
	t.count, t.newest, t.oldest, t.Marks = 0, 0, 0, [3]uint32{}
	t.index = make([]slot, minSlots)
	for !t.hasRoom(old.count) {
		t.index = make([]slot, 2*len(t.index))
	}
	for n := old.oldest; n != 0; n = old.at(n).newer {
		key := old.Key(n)
		var l Lookup
		l.Set(&key)
		to := t.add(&l, t.firstFree(l.hash))
		t.at(to).value = old.at(n).value
		for i, mark := range old.Marks {
			if mark == n {
				t.Marks[i] = to
			}
		}
		moved(n, to)
	}
}
