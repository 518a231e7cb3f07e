// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package timeline keeps distinct values with the time at which each was last seen, and counts them in sliding windows.
package timeline

import (
	"cmp"
	"iter"
	"slices"
	"unsafe"
)

// Timeline holds one entry per distinct value, in order of time. The zero Timeline is empty and ready to use.
type Timeline struct {
	// few has the entries in order, unless there are many.
	few  []Entry
	many *many
	// lost is the latest time of an entry that was dropped because the timeline was full, or 0.
	lost int64
}

// maxFew is the length up to which a plain slice is faster than a list with an index.
const maxFew = 24

// Len returns the number of entries.
func (l *Timeline) Len() int {
	if l.many != nil {
		return l.many.len()
	}
	return len(l.few)
}

// Bytes returns the size of the memory that the timeline refers to.
func (l *Timeline) Bytes() int {
	if l.many != nil {
		return l.many.bytes()
	}
	return cap(l.few) * int(unsafe.Sizeof(Entry{}))
}

// Newest returns the time of the newest entry, or 0 if there is none.
func (l *Timeline) Newest() int64 {
	switch {
	case l.many != nil:
		return l.many.last().T
	case len(l.few) > 0:
		return l.few[len(l.few)-1].T
	default:
		return 0
	}
}

// Add inserts an entry, which must have a counted part, after it has dropped the entries that are more than keep seconds
// older than the newest. A value that was seen before moves to the later of both times and keeps the better outcome. If
// there are more than limit entries, Add drops the oldest.
func (l *Timeline) Add(e *Entry, keep int64, limit int) {
	oldest := max(l.Newest(), e.T) - keep
	l.dropBefore(oldest)
	switch {
	case e.T < oldest:
		return
	case l.many != nil:
		l.many.add(e)
	default:
		l.addToFew(e)
	}
	if l.Len() > limit {
		first := l.first().T
		l.lost = max(l.lost, first)
		l.dropFirst()
	}
	if len(l.few) > maxFew {
		l.set(l.few)
	}
}

// set replaces all entries.
func (l *Timeline) set(entries []Entry) {
	if len(entries) > maxFew {
		l.few, l.many = nil, newMany(entries)
	} else {
		l.few, l.many = entries, nil
	}
}

func (l *Timeline) addToFew(e *Entry) {
	added := *e
	if i := slices.IndexFunc(l.few, func(known Entry) bool { return known.isSame(e) }); i >= 0 {
		known := &l.few[i]
		if known.T > e.T {
			known.keepBetter(e)
			return
		}
		added.keepBetter(known)
		l.few = slices.Delete(l.few, i, i+1)
	}
	at := len(l.few)
	for at > 0 && l.few[at-1].T > e.T {
		at--
	}
	l.few = slices.Insert(l.few, at, added)
}

// first returns the oldest entry. There must be one.
func (l *Timeline) first() *Entry {
	if l.many != nil {
		return l.many.first()
	}
	return &l.few[0]
}

func (l *Timeline) dropFirst() {
	if l.many != nil {
		l.many.dropFirst()
	} else {
		l.few = slices.Delete(l.few, 0, 1)
	}
}

// dropBefore drops the entries before t. It frees memory if few are left of many.
func (l *Timeline) dropBefore(t int64) {
	switch {
	case l.Len() == 0:
	case l.Newest() < t:
		l.few, l.many = l.few[:0], nil
	case l.many == nil:
		if l.few[0].T < t {
			l.few = slices.Delete(l.few, 0, since(l.few, t))
		}
	default:
		for l.many.first().T < t {
			l.many.dropFirst()
		}
		if l.many.isSparse() {
			l.set(slices.Collect(l.all()))
		}
	}
}

// all returns the entries in order.
func (l *Timeline) all() iter.Seq[Entry] {
	if l.many != nil {
		return l.many.all()
	}
	return slices.Values(l.few)
}

// between returns the entries from a time up to another, which is excluded. They are valid until the next change.
func (l *Timeline) between(from, to int64) []Entry {
	if l.many != nil {
		return l.many.between(from, to)
	}
	first, end := since(l.few, from), since(l.few, to)
	return l.few[first:max(first, end)]
}

// CountFullest returns the length of [Timeline.FullestWindow], in less time. It is fast as long as all calls have the same
// window.
func (l *Timeline) CountFullest(t, window int64) int {
	if l.many != nil {
		return l.many.seconds.fullest(t, window)
	}
	return len(fullestWindow(l.few, t, window))
}

// FullestWindow returns the entries of the window (end - window, end] that contains t and has the most entries. end is
// the time of an entry. If several windows have as many entries, it returns the earliest. It returns nothing if no
// window contains t.
func (l *Timeline) FullestWindow(t, window int64) []Entry {
	return fullestWindow(l.between(t-window+1, t+window), t, window)
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

// CountUpTo returns the length of [Timeline.WindowUpTo], in less time.
func (l *Timeline) CountUpTo(t, window int64) int {
	if l.many != nil {
		return l.many.seconds.upTo(t) - l.many.seconds.upTo(t-window)
	}
	return len(l.WindowUpTo(t, window))
}

// WindowUpTo returns the entries in (t - window, t].
func (l *Timeline) WindowUpTo(t, window int64) []Entry { return l.between(t-window+1, t+1) }

// Since returns the entries at or after t.
func (l *Timeline) Since(t int64) []Entry { return l.between(t, l.Newest()+1) }

// IsLowerBound reports whether entries of this window may be missing because the timeline was full.
func (l *Timeline) IsLowerBound(entries []Entry, window int64) bool {
	return l.lost != 0 && l.lost > entries[len(entries)-1].T-window
}

// since returns the position of the first entry at or after t.
func since(entries []Entry, t int64) int {
	i, _ := slices.BinarySearchFunc(entries, t, func(e Entry, t int64) int { return cmp.Compare(e.T, t) })
	return i
}
