// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import "math"

// Single is a timeline of at most one entry, in two thirds of the memory of an Entry. The zero Single is empty. It has no
// pointer, so that the garbage collector skips the many keys that have just one value.
//
// It holds only entries whose numbers have at most 32 bits, which is nearly all of them.
type Single struct {
	t, packets, bytes uint32
	addr              [16]byte
	port, extra       uint16
	counted           Parts // zero if there is no entry
	outcome           Outcome
}

// Newest returns the time of the entry, or 0 if there is none.
func (s *Single) Newest() int64 { return int64(s.t) }

// IsMarked reports whether there is an entry with Mark.
func (s *Single) IsMarked() bool { return s.counted&Mark != 0 }

// IsEmpty reports whether there is no entry.
func (s *Single) IsEmpty() bool { return s.counted == 0 }

// Add is like [Timeline.Add]. It does nothing and returns false if a Single cannot hold the result: two entries, or a large
// number.
func (s *Single) Add(e *Entry, keep int64) bool {
	t := int64(s.t)
	switch {
	case s.IsEmpty(), t < e.T-keep:
		return s.set(e)
	case e.T < t-keep: // too old to stay
	case !s.has(e):
		return false
	case t > e.T:
		if e.Outcome > s.outcome {
			s.outcome, s.addr, s.port, s.extra = e.Outcome, e.Addr, e.Port, e.Extra
		}
	case e.Outcome >= s.outcome:
		return s.set(e)
	default:
		latest := *e
		latest.Outcome, latest.Addr, latest.Port, latest.Extra = s.outcome, s.addr, s.port, s.extra
		return s.set(&latest)
	}
	return true
}

// set replaces the entry. It does nothing and returns false if the entry has a large number.
func (s *Single) set(e *Entry) bool {
	if e.T < 0 || e.T > math.MaxUint32 || e.Packets > math.MaxUint32 || e.Bytes > math.MaxUint32 {
		return false
	}
	s.t, s.packets, s.bytes = uint32(e.T), uint32(e.Packets), uint32(e.Bytes)
	s.addr, s.port, s.extra, s.counted, s.outcome = e.Addr, e.Port, e.Extra, e.Counted, e.Outcome
	return true
}

// has reports whether the entry has the value of e. There must be an entry.
func (s *Single) has(e *Entry) bool {
	return (e.Counted&Port == 0 || e.Port == s.port) && (e.Counted&Extra == 0 || e.Extra == s.extra) &&
		(e.Counted&Addr == 0 || sameAddress(&e.Addr, &s.addr))
}

// Entry returns the entry. There must be one.
func (s *Single) Entry() Entry {
	return Entry{
		T: int64(s.t), Packets: uint64(s.packets), Bytes: uint64(s.bytes), Addr: s.addr, Port: s.port, Extra: s.extra,
		Counted: s.counted, Outcome: s.outcome,
	}
}

// Timeline returns a timeline with the entry.
func (s *Single) Timeline() (l Timeline) {
	if !s.IsEmpty() {
		l.few = append(make([]Entry, 0, 2), s.Entry())
	}
	return l
}

// FullestWindow is like [Timeline.FullestWindow].
func (s *Single) FullestWindow(t, window int64) []Entry {
	l := s.Timeline()
	return l.FullestWindow(t, window)
}

// Single returns the timeline as a Single, if one can hold it and no entry was lost.
func (l *Timeline) Single() (s Single, ok bool) {
	if l.Len() > 1 || l.lost != 0 {
		return s, false
	}
	ok = l.Len() == 0 || s.set(l.first())
	return s, ok
}
