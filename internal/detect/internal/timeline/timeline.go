// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package timeline keeps distinct values with the time at which each was last seen, and counts them in sliding windows.
package timeline

// Timeline holds one entry per distinct value, in order of time. The zero Timeline is empty and ready to use. It must not be
// copied.
type Timeline struct {
	// single is the only entry as long as there has been just one: most keys of a flood never have another.
	single [1]Entry
	many   *list // nil until there are several entries
}

// maxLinear is the length up to which a linear search is faster than a map.
const maxLinear = 24

// Len returns the number of entries.
func (l *Timeline) Len() int { return len(l.entries()) }

// Newest returns the time of the newest entry, or 0 if there is none.
func (l *Timeline) Newest() int64 {
	entries := l.entries()
	if len(entries) == 0 {
		return 0
	}
	return entries[len(entries)-1].T
}

// Add inserts an entry, which must have a counted part. A value that was seen before moves to the later of both times and
// keeps the better outcome. Add then drops the entries that are more than keep seconds older than the newest, and the
// oldest entry if there are more than limit.
func (l *Timeline) Add(e *Entry, keep int64, limit int) {
	if l.many == nil {
		if l.addSingle(e, keep) {
			return
		}
		l.many = newList(&l.single[0])
		l.single[0] = Entry{}
	}
	l.many.add(e, keep, limit)
}

// addSingle adds an entry without a list. It reports false if that needs one.
func (l *Timeline) addSingle(e *Entry, keep int64) bool {
	known := &l.single[0]
	switch {
	case l.isEmpty(), known.T < e.T-keep && !known.isSame(e):
		*known = *e
	case known.isSame(e):
		if known.T > e.T {
			known.keepBetter(e)
			return true
		}
		before := *known
		*known = *e
		known.keepBetter(&before)
	case e.T < known.T-keep: // too old to stay
	default:
		return false
	}
	return true
}

// isEmpty reports whether there is no entry. There must be no list.
func (l *Timeline) isEmpty() bool { return l.single[0].Counted == 0 }

// entries returns the entries in order. They are valid until the next change.
func (l *Timeline) entries() []Entry {
	switch {
	case l.many != nil:
		return l.many.entries()
	case l.isEmpty():
		return nil
	default:
		return l.single[:]
	}
}

// FullestWindow returns the entries of the window (end - window, end] that contains t and has the most entries. end is
// the time of an entry. If several windows have as many entries, it returns the earliest. It returns nothing if no
// window contains t.
func (l *Timeline) FullestWindow(t, window int64) []Entry {
	var fullest []Entry
	entries := l.entries()
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
func (l *Timeline) WindowUpTo(t, window int64) []Entry {
	entries := l.entries()
	return entries[since(entries, t-window+1):since(entries, t+1)]
}

// Since returns the entries at or after t.
func (l *Timeline) Since(t int64) []Entry {
	entries := l.entries()
	return entries[since(entries, t):]
}

// IsLowerBound reports whether entries of this window may be missing because the timeline was full.
func (l *Timeline) IsLowerBound(entries []Entry, window int64) bool {
	lost := l.lost()
	return lost != 0 && lost > entries[len(entries)-1].T-window
}

// lost returns the latest time of an entry that was dropped because the timeline was full, or 0.
func (l *Timeline) lost() int64 {
	if l.many == nil {
		return 0
	}
	return l.many.lost
}
