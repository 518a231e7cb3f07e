// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

// Single is a timeline of at most one entry. The zero Single is empty. It has no pointer, so that the garbage collector
// skips the many keys that have just one value.
type Single struct{ entry [1]Entry }

// Newest returns the time of the entry, or 0 if there is none.
func (s *Single) Newest() int64 { return s.entry[0].T }

// Add is like [Timeline.Add]. It does nothing and returns false if that would lead to two entries.
func (s *Single) Add(e *Entry, keep int64) bool {
	known := &s.entry[0]
	switch {
	case s.isEmpty(), known.T < e.T-keep:
		*known = *e
	case e.T < known.T-keep: // too old to stay
	case !known.isSame(e):
		return false
	case known.T > e.T:
		known.keepBetter(e)
	default:
		before := *known
		*known = *e
		known.keepBetter(&before)
	}
	return true
}

// Timeline returns a timeline with the entry.
func (s *Single) Timeline() (l Timeline) {
	l.all = append(make([]Entry, 0, 2), s.entries()...)
	return l
}

// FullestWindow is like [Timeline.FullestWindow].
func (s *Single) FullestWindow(t, window int64) []Entry { return fullestWindow(s.entries(), t, window) }

func (s *Single) isEmpty() bool { return s.entry[0].Counted == 0 }

// entries returns the entry, if there is one.
func (s *Single) entries() []Entry {
	if s.isEmpty() {
		return nil
	}
	return s.entry[:]
}

// Single returns the timeline as a Single, if it has at most one entry and lost none.
func (l *Timeline) Single() (s Single, ok bool) {
	if l.Len() > 1 || l.lost != 0 {
		return s, false
	}
	copy(s.entry[:], l.entries())
	return s, true
}
