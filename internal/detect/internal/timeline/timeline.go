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
	// all has the entries, after some that were dropped. Dropping one then moves no other.
	all     []Entry
	dropped int
	// times maps values to their times once the timeline is too long for a linear search.
	times map[value]int64
	// lost is the latest time of an entry that was dropped because the timeline was full, or 0.
	lost int64
}

// maxLinear is the length up to which a linear search is faster than a map.
const maxLinear = 24

// Len returns the number of entries.
func (l *Timeline) Len() int { return len(l.all) - l.dropped }

// Newest returns the time of the newest entry, or 0 if there is none.
func (l *Timeline) Newest() int64 {
	if len(l.all) == 0 {
		return 0
	}
	return l.all[len(l.all)-1].T
}

// entries returns the entries in order. They are valid until the next change.
func (l *Timeline) entries() []Entry { return l.all[l.dropped:] }

// Add inserts an entry, which must have a counted part, after it has dropped the entries that are more than keep seconds
// older than the newest. A value that was seen before moves to the later of both times and keeps the better outcome. If
// there are more than limit entries, Add drops the oldest.
func (l *Timeline) Add(e *Entry, keep int64, limit int) {
	oldest := max(l.Newest(), e.T) - keep
	for l.Len() > 0 && l.all[l.dropped].T < oldest {
		l.dropFirst()
	}
	if e.T < oldest {
		return
	}
	if i := l.find(e); i < 0 {
		l.insert(e)
	} else if !l.move(i, e) {
		return
	}
	if l.times != nil {
		l.times[e.value()] = e.T
	}
	if l.Len() > limit {
		l.lost = max(l.lost, l.all[l.dropped].T)
		l.dropFirst()
	}
	l.index()
}

// insert inserts an entry with a new value. It uses the space of dropped entries before the timeline grows.
func (l *Timeline) insert(e *Entry) {
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

// move moves entry i, which has the value of e, to the time of e. It reports false if the entry stays at its later time.
func (l *Timeline) move(i int, e *Entry) bool {
	entries := l.entries()
	known := entries[i]
	if known.T > e.T {
		entries[i].keepBetter(e)
		return false
	}
	for i+1 < len(entries) && entries[i+1].T <= e.T {
		entries[i] = entries[i+1]
		i++
	}
	entries[i] = *e
	entries[i].keepBetter(&known)
	return true
}

// FullestWindow returns the entries of the window (end - window, end] that contains t and has the most entries. end is
// the time of an entry. If several windows have as many entries, it returns the earliest. It returns nothing if no
// window contains t.
func (l *Timeline) FullestWindow(t, window int64) []Entry {
	return fullestWindow(l.entries(), t, window)
}

func fullestWindow(entries []Entry, t, window int64) []Entry {
	var fullest []Entry
	from := since(entries, t-window+1)
	for end := max(since(entries, t), from); end < len(entries) && entries[end].T < t+window; end++ {
		for entries[from].T <= entries[end].T-window {
			from++
		}
		if end+1-from > len(fullest) {
			fullest = entries[from : end+1]
		}
	}
	return fullest
}

// WindowUpTo returns the entries in (t - window, t].
func (l *Timeline) WindowUpTo(t, window int64) []Entry { return windowUpTo(l.entries(), t, window) }

func windowUpTo(entries []Entry, t, window int64) []Entry {
	return entries[since(entries, t-window+1):since(entries, t+1)]
}

// Since returns the entries at or after t.
func (l *Timeline) Since(t int64) []Entry {
	entries := l.entries()
	return entries[since(entries, t):]
}

// IsLowerBound reports whether entries of this window may be missing because the timeline was full.
func (l *Timeline) IsLowerBound(entries []Entry, window int64) bool {
	return l.lost != 0 && l.lost > entries[len(entries)-1].T-window
}

// index builds the map of a timeline that has become too long for a linear search.
func (l *Timeline) index() {
	entries := l.entries()
	if l.times == nil && len(entries) > maxLinear {
		l.times = make(map[value]int64, 2*len(entries))
		for i := range entries {
			l.times[entries[i].value()] = entries[i].T
		}
	}
}

func (l *Timeline) dropFirst() {
	if l.times != nil {
		delete(l.times, l.all[l.dropped].value())
	}
	l.dropped++
}

// find returns the position of the entry with the value of e, or -1.
func (l *Timeline) find(e *Entry) int {
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
