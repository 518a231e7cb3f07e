// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package lru provides a bounded hash table that evicts the least recently touched key.
package lru

// Table maps keys to values. At its limit, a new key replaces the least recently touched one.
//
// Entries are stored in chunks that never move, so a pointer to a value stays valid until its key is dropped. The index
// uses open addressing. Its slots hold a part of the hash, so that other keys in the way are not read from memory, and
// growing does not read any key. A Table is not safe for concurrent use.
type Table[V any] struct {
	// Stale reports whether dropping the least recently touched entry, a value in a scope, cannot change any result. Stale
	// entries are dropped without being counted as evicted. May be nil.
	Stale func(scope uint32, value *V) bool
	// Dropped is called with the number and the value of an entry before it leaves the table, evicted or stale. May be nil.
	Dropped func(n uint32, value *V)
	// Evicted counts the keys that were dropped at the limit although they were not stale.
	Evicted int64
	// Marks are positions in the list of entries, which is ordered from the oldest to the newest. A mark is the number
	// of the entry before the position, or 0 at the oldest end. When that entry is touched or dropped, the mark moves
	// to the next older one.
	Marks [3]uint32

	limit     int
	count     int
	index     []slot
	chunks    []*[chunkSize]entry[V]
	addresses addresses
	used      uint32 // the greatest entry number so far
	free      []uint32
	newest    uint32 // 0 if the table is empty
	oldest    uint32
	loaded    uint32 // see Warm
}

// entry is a key with its value. Entries are numbered from 1. A dropped entry has the zero key.
type entry[V any] struct {
	key          packed
	newer, older uint32 // 0 at the end of the list
	value        V
}

const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
	minSlots  = 64
)

// slot is a place in the index: the upper half of the hash of a key, then the number of its entry. 0 is a free slot.
type slot uint64

func newSlot(hash uint64, n uint32) slot { return slot(hash>>32<<32 | uint64(n)) }

func (s slot) entry() uint32 { return uint32(s) }

// matches reports whether the key of the slot can have the hash.
func (s slot) matches(hash uint64) bool { return uint64(s)>>32 == hash>>32 }

// New returns an empty table for at most limit keys, which must be positive.
func New[V any](limit int) *Table[V] {
	return &Table[V]{limit: limit, index: make([]slot, minSlots)}
}

// Len returns the number of keys.
func (t *Table[V]) Len() int { return t.count }

// Get returns the value of k, or nil. It does not touch the key.
func (t *Table[V]) Get(k *Key) *V {
	var l Lookup
	l.Set(k)
	if n, _ := t.find(&l); n != 0 {
		return &t.at(n).value
	}
	return nil
}

// Find returns the number of the entry of k, or 0. It does not touch the key.
func (t *Table[V]) Find(k *Key) uint32 {
	var l Lookup
	l.Set(k)
	n, _ := t.find(&l)
	return n
}

// FindAt is Find for a prepared key.
func (t *Table[V]) FindAt(l *Lookup) uint32 {
	n, _ := t.find(l)
	return n
}

// Touch returns the value of k and makes k the most recently touched key. A new key has the zero value; created is
// true then.
func (t *Table[V]) Touch(k *Key) (value *V, created bool) {
	var l Lookup
	l.Set(k)
	return t.TouchAt(&l)
}

// TouchAt is Touch for a prepared key.
func (t *Table[V]) TouchAt(l *Lookup) (value *V, created bool) {
	n, at := t.find(l)
	if n != 0 {
		e := t.at(n)
		t.moveMarks(n, e)
		if t.newest != n {
			t.unlink(e)
			t.link(n, e)
		}
		return &e.value, false
	}
	if t.reserve() {
		at = t.firstFree(l.hash)
	}
	return &t.at(t.add(l, at)).value, true
}

// add adds a key at a free slot, and returns the number of its entry.
func (t *Table[V]) add(l *Lookup, at int) (n uint32) {
	n = t.alloc()
	e := t.at(n)
	e.key = t.addresses.store(l)
	t.link(n, e)
	t.index[at] = newSlot(l.hash, n)
	t.count++
	return n
}

// reserve prepares the table for one more key: it drops stale entries, evicts an entry at the limit, and grows the
// index. It drops at most two stale entries, so that the cost of a call is bounded. It reports whether slots moved.
func (t *Table[V]) reserve() (moved bool) {
	for range 2 {
		if t.Stale == nil || t.oldest == 0 {
			break
		}
		if e := t.at(t.oldest); !t.Stale(e.key.scope, &e.value) {
			break
		}
		t.Drop(t.oldest)
		moved = true
	}
	if t.count >= t.limit {
		t.Drop(t.oldest)
		t.Evicted++
		moved = true
	}
	if !t.hasRoom(t.count + 1) {
		t.grow()
		moved = true
	}
	return moved
}

// hasRoom reports whether at most three of four slots are taken by the given number of keys.
func (t *Table[V]) hasRoom(keys int) bool { return keys*4 <= len(t.index)*3 }

// Drop removes entry n. Later slots of the same probe sequence are shifted back, so that no tombstone is needed.
func (t *Table[V]) Drop(n uint32) {
	e := t.at(n)
	if t.Dropped != nil {
		t.Dropped(n, &e.value)
	}
	var l Lookup
	key := t.Key(n)
	l.Set(&key)
	_, hole := t.find(&l)
	for i := t.after(hole); t.index[i] != 0; i = t.after(i) {
		if home := t.home(uint64(t.index[i])); t.distance(home, i) >= t.distance(hole, i) {
			t.index[hole] = t.index[i]
			hole = i
		}
	}
	t.index[hole] = 0
	t.moveMarks(n, e)
	t.unlink(e)
	t.addresses.remove(&e.key)
	*e = entry[V]{}
	t.free = append(t.free, n)
	t.count--
}

// grow doubles the index, but not beyond what the limit of keys needs.
func (t *Table[V]) grow() {
	old := t.index
	size := 2 * len(old)
	if size/4 > t.limit/3 {
		size = t.limit/3*4 + 4
	}
	t.index = make([]slot, size)
	for _, s := range old {
		if s != 0 {
			t.index[t.firstFree(uint64(s))] = s
		}
	}
}

// find returns the number of the entry of a key and its index slot. If there is none, it returns 0 and the free slot for it.
func (t *Table[V]) find(l *Lookup) (n uint32, at int) {
	for i := t.home(l.hash); ; i = t.after(i) {
		s := t.index[i]
		if s == 0 {
			return 0, i
		}
		if s.matches(l.hash) && t.addresses.isSame(&t.at(s.entry()).key, l) {
			return s.entry(), i
		}
	}
}

// firstFree returns the free slot for a new key.
func (t *Table[V]) firstFree(hash uint64) int {
	i := t.home(hash)
	for t.index[i] != 0 {
		i = t.after(i)
	}
	return i
}

// home returns the slot where the search for a key begins. It uses only the upper half of the hash. Slots are in the order
// of the hashes, so that growing reads and writes the memory in order.
func (t *Table[V]) home(hash uint64) int { return int((hash >> 32) * uint64(len(t.index)) >> 32) }

func (t *Table[V]) after(i int) int {
	if i++; i < len(t.index) {
		return i
	}
	return 0
}

// distance returns the number of steps from one slot to another.
func (t *Table[V]) distance(from, to int) int {
	if from <= to {
		return to - from
	}
	return to - from + len(t.index)
}

// Key returns the key of entry n. A dropped entry has the zero Key.
func (t *Table[V]) Key(n uint32) Key { return t.addresses.key(&t.at(n).key) }

// Value returns the value of entry n.
func (t *Table[V]) Value(n uint32) *V { return &t.at(n).value }

func (t *Table[V]) at(n uint32) *entry[V] {
	return &t.chunks[(n-1)>>chunkBits][(n-1)&(chunkSize-1)]
}

func (t *Table[V]) alloc() uint32 {
	if last := len(t.free) - 1; last >= 0 {
		n := t.free[last]
		t.free = t.free[:last]
		return n
	}
	if int(t.used)>>chunkBits == len(t.chunks) {
		t.chunks = append(t.chunks, new([chunkSize]entry[V]))
	}
	t.used++
	return t.used
}

// moveMarks moves the marks at an entry that leaves its place in the list.
func (t *Table[V]) moveMarks(n uint32, e *entry[V]) {
	for i := range t.Marks {
		if t.Marks[i] == n {
			t.Marks[i] = e.older
		}
	}
}

// Newest returns the number of the most recently touched entry, or 0 if the table is empty.
func (t *Table[V]) Newest() uint32 { return t.newest }

// Oldest returns the number of the least recently touched entry, or 0 if the table is empty.
func (t *Table[V]) Oldest() uint32 { return t.oldest }

// NewerThan returns the number of the entry that was touched next after entry n, or 0 if n is the newest. For n = 0 it
// returns the oldest.
func (t *Table[V]) NewerThan(n uint32) uint32 {
	if n == 0 {
		return t.oldest
	}
	return t.at(n).newer
}

func (t *Table[V]) link(n uint32, e *entry[V]) {
	e.older, e.newer = t.newest, 0
	if t.newest != 0 {
		t.at(t.newest).newer = n
	} else {
		t.oldest = n
	}
	t.newest = n
}

func (t *Table[V]) unlink(e *entry[V]) {
	if e.newer != 0 {
		t.at(e.newer).older = e.older
	} else {
		t.newest = e.older
	}
	if e.older != 0 {
		t.at(e.older).newer = e.newer
	} else {
		t.oldest = e.newer
	}
}
