// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"iter"
	"slices"
	"unsafe"
)

// many holds the entries of a long timeline. All operations take a time that hardly grows with the number of entries.
type many struct {
	items   []item // linked in order. Item 0 comes before the first and after the last one.
	free    uint32 // the first free item, or 0
	index   index
	seconds seconds
}

// item is an entry of a doubly linked list. Free items are linked by next.
type item struct {
	Entry
	previous, next uint32
}

func newMany(entries []Entry) *many {
	m := &many{items: make([]item, 1), seconds: newSeconds()}
	for i := range entries {
		m.insert(&entries[i], hashOf(&entries[i]))
	}
	return m
}

func (m *many) len() int { return m.index.used }

func (m *many) bytes() int {
	return int(unsafe.Sizeof(many{})+uintptr(cap(m.items))*unsafe.Sizeof(item{})) + m.index.bytes() + m.seconds.bytes()
}

// isSparse reports whether most of the memory is unused.
func (m *many) isSparse() bool { return 8*m.len() < len(m.items) }

func (m *many) first() *Entry { return &m.items[m.items[0].next].Entry }

func (m *many) last() *Entry { return &m.items[m.items[0].previous].Entry }

// add inserts an entry, or moves its value to the later time.
func (m *many) add(e *Entry) {
	hash := hashOf(e)
	n := m.find(e, hash)
	if n == 0 {
		m.insert(e, hash)
		return
	}
	known := &m.items[n].Entry
	if known.T > e.T {
		known.keepBetter(e)
		return
	}
	m.unlink(n)
	outdated := *known
	*known = *e
	known.keepBetter(&outdated)
	m.link(n)
}

// find returns the number of the item with the value of e, or 0.
func (m *many) find(e *Entry, hash uint32) uint32 {
	for at := m.index.find(hash, hash); at >= 0; at = m.index.find(hash, uint32(at)+1) {
		if n := m.index.slots[at].number; m.items[n].isSame(e) {
			return n
		}
	}
	return 0
}

// insert inserts an entry with a new value.
func (m *many) insert(e *Entry, hash uint32) {
	n := m.free
	if n == 0 {
		n = uint32(len(m.items))
		m.items = appendTight(m.items, item{Entry: *e})
	} else {
		m.free = m.items[n].next
		m.items[n].Entry = *e
	}
	m.index.add(hash, n)
	m.link(n)
}

func (m *many) dropFirst() {
	n := m.items[0].next
	m.unlink(n)
	m.index.remove(hashOf(&m.items[n].Entry), n)
	m.items[n] = item{next: m.free}
	m.free = n
}

// link links an item after all others that are not later.
func (m *many) link(n uint32) {
	it := &m.items[n]
	it.previous = m.seconds.add(it.T, n)
	it.next = m.items[it.previous].next
	m.items[it.previous].next, m.items[it.next].previous = n, n
}

func (m *many) unlink(n uint32) {
	it := &m.items[n]
	m.items[it.previous].next, m.items[it.next].previous = it.next, it.previous
	m.seconds.remove(it.T, n, it.previous)
}

// all returns the entries in order.
func (m *many) all() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for n := m.items[0].next; n != 0 && yield(m.items[n].Entry); {
			n = m.items[n].next
		}
	}
}

// between returns a copy of the entries from a time up to another, which is excluded.
func (m *many) between(from, to int64) []Entry {
	size := m.seconds.upTo(to-1) - m.seconds.upTo(from-1)
	if size <= 0 {
		return nil
	}
	list := make([]Entry, size)
	n := m.seconds.nodes[m.seconds.find(from-1)].last
	for i := range list {
		n = m.items[n].next
		list[i] = m.items[n].Entry
	}
	return list
}

// appendTight appends to a slice, whose capacity grows by a quarter only.
func appendTight[E any](s []E, e E) []E {
	if len(s) == cap(s) {
		s = append(slices.Grow([]E(nil), len(s)+len(s)/4+8), s...)
	}
	return append(s, e)
}
