// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"hash/maphash"
	"unsafe"
)

// index is a hash table from values to numbers, in a quarter of the memory of a map. It holds only the hashes of values, so
// callers compare the entries that it finds. The zero index is empty.
type index struct {
	slots []slot // as many as a power of two
	used  int
}

// slot holds a hash and the number of an entry. It is empty if the hash is zero.
type slot struct{ hash, number uint32 }

// seed makes hashes unpredictable, so that nobody can craft values that all have the same one.
var seed = maphash.MakeSeed()

// hashOf returns a hash that is never zero.
func hashOf(e *Entry) uint32 { return uint32(maphash.Comparable(seed, e.value())) | 1<<31 }

// find returns the first slot with the hash at or after slot at, or -1. The search begins at slot hash.
func (x *index) find(hash, at uint32) (found int) {
	if x.used == 0 {
		return -1
	}
	for ; ; at++ {
		switch s := &x.slots[at&x.mask()]; s.hash {
		case hash:
			return int(at & x.mask())
		case 0:
			return -1
		}
	}
}

func (x *index) mask() uint32 { return uint32(len(x.slots) - 1) }

// add adds a number.
func (x *index) add(hash, number uint32) {
	if x.used >= len(x.slots)/4*3 {
		old := x.slots
		x.slots, x.used = make([]slot, max(16, 2*len(old))), 0
		for _, s := range old {
			if s.hash != 0 {
				x.add(s.hash, s.number)
			}
		}
	}
	at := hash & x.mask()
	for x.slots[at].hash != 0 {
		at = (at + 1) & x.mask()
	}
	x.slots[at] = slot{hash, number}
	x.used++
}

// remove removes a number. It moves the slots that follow, so that searches still find them.
func (x *index) remove(hash, number uint32) {
	at := hash & x.mask()
	for x.slots[at] != (slot{hash, number}) {
		at = (at + 1) & x.mask()
	}
	for next := (at + 1) & x.mask(); x.slots[next].hash != 0; next = (next + 1) & x.mask() {
		if home := x.slots[next].hash; (next-home)&x.mask() >= (next-at)&x.mask() {
			x.slots[at], at = x.slots[next], next
		}
	}
	x.slots[at] = slot{}
	x.used--
}

func (x *index) bytes() int { return cap(x.slots) * int(unsafe.Sizeof(slot{})) }
