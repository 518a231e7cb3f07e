// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"cmp"
	"slices"
)

// list holds several entries in order of time.
type list struct {
	// all has the entries, after some that were dropped. Dropping one then moves no other.
	all     []Entry
	dropped int
	// times maps values to their times once the list is too long for a linear search.
	times map[value]int64
	// lost is the latest time of an entry that was dropped because the list was full, or 0.
	lost int64
}

func newList(first *Entry) *list {
	return &list{all: append(make([]Entry, 0, 4), *first)}
}

func (l *list) entries() []Entry { return l.all[l.dropped:] }

// add implements [Timeline.Add].
func (l *list) add(e *Entry, keep int64, limit int) {
	entries := l.entries()
	if i := l.find(e); i >= 0 {
		known := entries[i]
		if known.T > e.T {
			entries[i].keepBetter(e)
			return
		}
		for i++; i < len(entries) && entries[i].T <= e.T; i++ {
			entries[i-1] = entries[i]
		}
		entries[i-1] = *e
		entries[i-1].keepBetter(&known)
	} else {
		l.insert(e)
	}
	if l.times != nil {
		l.times[e.value()] = e.T
	}
	for oldest := l.all[len(l.all)-1].T - keep; l.all[l.dropped].T < oldest; {
		l.dropFirst()
	}
	if len(l.all)-l.dropped > limit {
		l.lost = max(l.lost, l.all[l.dropped].T)
		l.dropFirst()
	}
	l.index()
}

// insert inserts an entry with a new value. Space for dropped entries is used again before the list grows.
func (l *list) insert(e *Entry) {
	if len(l.all) == cap(l.all) && l.dropped > len(l.all)/2 {
		l.all = l.all[:copy(l.all, l.entries())]
		l.dropped = 0
	}
	at := len(l.all)
	for at > l.dropped && l.all[at-1].T > e.T {
		at--
	}
	l.all = slices.Insert(l.all, at, *e)
}

// index builds the map of a list that has become too long for a linear search.
func (l *list) index() {
	entries := l.entries()
	if l.times == nil && len(entries) > maxLinear {
		l.times = make(map[value]int64, 2*len(entries))
		for i := range entries {
			l.times[entries[i].value()] = entries[i].T
		}
	}
}

func (l *list) dropFirst() {
	if l.times != nil {
		delete(l.times, l.all[l.dropped].value())
	}
	l.dropped++
}

// find returns the position of the entry with the value of e, or -1.
func (l *list) find(e *Entry) int {
	entries, from := l.entries(), 0
	if l.times != nil {
		t, ok := l.times[e.value()]
		if !ok {
			return -1
		}
		from = since(entries, t)
	}
	for i := from; i < len(entries); i++ {
		if entries[i].isSame(e) {
			return i
		}
	}
	return -1
}

// since returns the position of the first entry at or after t.
func since(entries []Entry, t int64) int {
	i, _ := slices.BinarySearchFunc(entries, t, func(e Entry, t int64) int { return cmp.Compare(e.T, t) })
	return i
}
