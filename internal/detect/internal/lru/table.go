// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "hash/maphash"

// key names what a rule keeps state for: the parts it does not use are zero. Addresses are in their 16-byte form,
// so that a key holds no pointer and the garbage collector passes over millions of them.
type key struct {
	scope    uint32
	port     uint16
	country  country
	src, dst [16]byte
}

// table maps keys to values and is bounded: at its limit a new key takes the place of the least recently touched one.
// Entries lie in chunks that never move, so a pointer to a value holds until its key is dropped; the index is open
// addressing over entry numbers, 4 bytes a slot. Deterministic but for the hash seed, which nothing visible depends on.
type table[V any] struct {
	// stale tells of the least recently touched entry that dropping it can never be noticed. May be nil.
	stale func(*key, *V) bool
	// dropped is called for each value that leaves by eviction or because it is stale. May be nil.
	dropped func(*V)
	// evicted counts the keys that made room for others while they still mattered.
	evicted int64

	limit  int
	count  int
	seed   maphash.Seed
	index  []uint32 // 1 + entry number; 0 is free
	chunks [][]entry[V]
	used   uint32 // entries ever handed out
	free   []uint32
	newest uint32 // 1 + entry number, 0 when empty
	oldest uint32
	marks  [numMarks]uint32
}

// mark is a place in the list of entries in order of touch: behind an entry, or 0 at the oldest end. An entry that is
// touched or dropped leaves the mark behind the next older one.
type mark int

// The marks that saving needs.
const (
	touched  mark = iota // what is newer has been touched since the last save
	drafted              // what is older has been written to the draft
	draftEnd             // what is newer has been touched since the draft was begun
	numMarks
)

type entry[V any] struct {
	key          key
	newer, older uint32 // 1 + entry number, 0 at the end
	value        V
}

const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
)

func newTable[V any](limit int) *table[V] {
	return &table[V]{limit: limit, seed: maphash.MakeSeed(), index: make([]uint32, 64)}
}

func (t *table[V]) len() int { return t.count }

// get returns the value of k, or nil. It does not count as a touch.
func (t *table[V]) get(k *key) *V {
	if n := t.index[t.slot(k)]; n != 0 {
		return &t.at(n).value
	}
	return nil
}

// touch returns the value of k, which is new and zero when created is true, and makes it the most recently touched.
func (t *table[V]) touch(k *key) (value *V, created bool) {
	slot := t.slot(k)
	if n := t.index[slot]; n != 0 {
		e := t.at(n)
		t.leave(n, e)
		if t.newest != n {
			t.unlink(e)
			t.link(n, e)
		}
		return &e.value, false
	}
	if t.makeRoom() {
		slot = t.slot(k)
	}
	n := t.alloc()
	e := t.at(n)
	e.key = *k
	t.link(n, e)
	t.index[slot] = n
	t.count++
	return &e.value, true
}

// makeRoom drops stale entries, at most two so that no flow pays for many, evicts at the limit, and grows the index.
// It reports whether slots have moved.
func (t *table[V]) makeRoom() (moved bool) {
	for range 2 {
		if t.stale == nil || t.oldest == 0 {
			break
		}
		if e := t.at(t.oldest); !t.stale(&e.key, &e.value) {
			break
		}
		t.drop(t.oldest)
		moved = true
	}
	if t.count >= t.limit {
		t.drop(t.oldest)
		t.evicted++
		moved = true
	}
	if (t.count+1)*4 > len(t.index)*3 {
		t.grow()
		moved = true
	}
	return moved
}

// drop removes entry n and closes the gap it leaves in its run of index slots.
func (t *table[V]) drop(n uint32) {
	e := t.at(n)
	if t.dropped != nil {
		t.dropped(&e.value)
	}
	hole := t.slot(&e.key)
	mask := len(t.index) - 1
	for i := (hole + 1) & mask; t.index[i] != 0; i = (i + 1) & mask {
		home := t.home(&t.at(t.index[i]).key)
		if (i-home)&mask >= (i-hole)&mask {
			t.index[hole] = t.index[i]
			hole = i
		}
	}
	t.index[hole] = 0
	t.leave(n, e)
	t.unlink(e)
	*e = entry[V]{}
	t.free = append(t.free, n)
	t.count--
}

func (t *table[V]) grow() {
	old := t.index
	t.index = make([]uint32, 2*len(old))
	for _, n := range old {
		if n != 0 {
			t.index[t.slot(&t.at(n).key)] = n
		}
	}
}

// slot returns where k stands in the index, or the free slot where it would.
func (t *table[V]) slot(k *key) int {
	mask := len(t.index) - 1
	i := t.home(k)
	for t.index[i] != 0 && t.at(t.index[i]).key != *k {
		i = (i + 1) & mask
	}
	return i
}

func (t *table[V]) home(k *key) int {
	return int(maphash.Comparable(t.seed, *k)) & (len(t.index) - 1)
}

func (t *table[V]) at(n uint32) *entry[V] {
	return &t.chunks[(n-1)>>chunkBits][(n-1)&(chunkSize-1)]
}

func (t *table[V]) alloc() uint32 {
	if last := len(t.free) - 1; last >= 0 {
		n := t.free[last]
		t.free = t.free[:last]
		return n
	}
	if int(t.used)>>chunkBits == len(t.chunks) {
		t.chunks = append(t.chunks, make([]entry[V], chunkSize))
	}
	t.used++
	return t.used
}

// leave moves the marks that lie behind an entry.
func (t *table[V]) leave(n uint32, e *entry[V]) {
	for i := range t.marks {
		if t.marks[i] == n {
			t.marks[i] = e.older
		}
	}
}

// after returns the entry next to a mark, on its newer side.
func (t *table[V]) after(m mark) uint32 { return t.newerThan(t.marks[m]) }

// newerThan returns the entry touched next after entry n, the oldest for 0.
func (t *table[V]) newerThan(n uint32) uint32 {
	if n == 0 {
		return t.oldest
	}
	return t.at(n).newer
}

func (t *table[V]) link(n uint32, e *entry[V]) {
	e.older, e.newer = t.newest, 0
	if t.newest != 0 {
		t.at(t.newest).newer = n
	} else {
		t.oldest = n
	}
	t.newest = n
}

func (t *table[V]) unlink(e *entry[V]) {
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
