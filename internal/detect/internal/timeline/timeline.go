// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package timeline keeps distinct values with the time at which each was last seen, and counts them in sliding windows.
package timeline

import (
	"cmp"
	"slices"
)

// Timeline holds one entry per distinct value, in order of time. The zero Timeline is empty and ready to use.
type Timeline struct {
	entries []Entry
	// times maps values to their times once the timeline is too long for a linear search.
	times map[value]int64
	// lost is the latest time of an entry that was dropped because the timeline was full, or 0.
	lost int64
}

// maxLinear is the length up to which a linear search is faster than a map.
const maxLinear = 24

// Len returns the number of entries.
func (l *Timeline) Len() int { return len(l.entries) }

// Newest returns the time of the newest entry, or 0 if there is none.
func (l *Timeline) Newest() int64 {
	if len(l.entries) == 0 {
		return 0
	}
	return l.entries[len(l.entries)-1].T
}

// Add inserts an entry. A value that was seen before moves to the later of both times and keeps the better outcome. Add
// then drops the entries that are more than keep seconds older than the newest, and the oldest entry if there are more
// than limit.
func (l *Timeline) Add(e Entry, keep int64, limit int) {
	if i := l.find(&e); i >= 0 {
		known := &l.entries[i]
		if known.T > e.T {
			known.keepBetter(&e)
			return
		}
		e.keepBetter(known)
		l.entries = slices.Delete(l.entries, i, i+1)
	}
	at := len(l.entries)
	for at > 0 && l.entries[at-1].T > e.T {
		at--
	}
	l.entries = slices.Insert(l.entries, at, e)
	if l.times != nil {
		l.times[e.value()] = e.T
	}
	oldest := l.entries[len(l.entries)-1].T - keep
	for l.entries[0].T < oldest {
		l.dropFirst()
	}
	if len(l.entries) > limit {
		l.lost = max(l.lost, l.entries[0].T)
		l.dropFirst()
	}
	l.index()
}

// FullestWindow returns the entries of the window (end - window, end] that contains t and has the most entries. end is
// the time of an entry. If several windows have as many entries, it returns the earliest. It returns nothing if no
// window contains t.
func (l *Timeline) FullestWindow(t, window int64) []Entry {
	var fullest []Entry
	from := l.since(t - window + 1)
	for end := max(l.since(t), from); end < len(l.entries) && l.entries[end].T < t+window; end++ {
		for l.entries[from].T <= l.entries[end].T-window {
			from++
		}
		if end+1-from > len(fullest) {
			fullest = l.entries[from : end+1]
		}
	}
	return fullest
}

// WindowUpTo returns the entries in (t - window, t].
func (l *Timeline) WindowUpTo(t, window int64) []Entry {
	return l.entries[l.since(t-window+1):l.since(t+1)]
}

// Since returns the entries at or after t.
func (l *Timeline) Since(t int64) []Entry { return l.entries[l.since(t):] }

// IsLowerBound reports whether entries of this window may be missing because the timeline was full.
func (l *Timeline) IsLowerBound(entries []Entry, window int64) bool {
	return l.lost != 0 && l.lost > entries[len(entries)-1].T-window
}

// index builds the map of a timeline that has become too long for a linear search.
func (l *Timeline) index() {
	if l.times == nil && len(l.entries) > maxLinear {
		l.times = make(map[value]int64, 2*len(l.entries))
		for i := range l.entries {
			l.times[l.entries[i].value()] = l.entries[i].T
		}
	}
}

func (l *Timeline) dropFirst() {
	if l.times != nil {
		delete(l.times, l.entries[0].value())
	}
	l.entries = l.entries[1:]
}

// find returns the position of the entry with the value of e, or -1.
func (l *Timeline) find(e *Entry) int {
	from := 0
	if l.times != nil {
		t, ok := l.times[e.value()]
		if !ok {
			return -1
		}
		from = l.since(t)
	}
	for i := from; i < len(l.entries); i++ {
		if l.entries[i].isSame(e) {
			return i
		}
	}
	return -1
}

// since returns the position of the first entry at or after t.
func (l *Timeline) since(t int64) int {
	i, _ := slices.BinarySearchFunc(l.entries, t, func(e Entry, t int64) int { return cmp.Compare(e.T, t) })
	return i
}
