// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
	"unique"
)

// MaxSpans bounds the owners that are kept per address. The oldest is dropped first.
const MaxSpans = 8

// Resolution is the precision of Span.Last, in seconds. A coarse time saves writes for busy addresses.
const Resolution = 60

// Span is the time from Since to Last, in Unix seconds of event time, in which an address belonged to an owner.
type Span struct {
	Owner
	// Last may be up to Resolution too early.
	Since, Last int64
	// Weak marks an owner that was inferred. A direct observation replaces it.
	Weak bool
}

// History lists the owners of one address, ordered by time. The zero value is empty.
type History struct {
	spans []span
}

// span is a Span that takes less memory. Places are shared, because many addresses have the same one.
type span struct {
	eni, instance string
	place         unique.Handle[Place]
	since, last   int64
	weak          bool
}

// Spans returns a copy of the owners in order of time.
func (h *History) Spans() []Span {
	list := make([]Span, len(h.spans))
	for i := range h.spans {
		s := &h.spans[i]
		list[i] = Span{s.owner(), s.since, s.last, s.weak}
	}
	return list
}

// Restore sets the owners from a saved history.
func (h *History) Restore(spans []Span) {
	h.spans = make([]span, len(spans))
	for i := range spans {
		s := &spans[i]
		h.spans[i] = span{s.Interface, s.Instance, unique.Make(s.Place), s.Since, s.Last, s.Weak}
	}
}

// At returns the newest owner that was first seen at or before t.
func (h *History) At(t int64) (Owner, bool) {
	if i := h.active(t); i >= 0 {
		return h.spans[i].owner(), true
	}
	return Owner{}, false
}

// Last returns the latest time at which the address was seen, or 0.
func (h *History) Last() int64 {
	last := int64(0)
	for i := range h.spans {
		last = max(last, h.spans[i].last)
	}
	return last
}

// Knows reports whether Learn would change nothing, except the last time by less than Resolution. It is much faster
// than Learn.
func (h *History) Knows(t int64, owner *Owner, weak bool) bool {
	i := h.active(t)
	if i < 0 || !weak && h.hasWeak() {
		return false
	}
	s := &h.spans[i]
	if !s.isSame(owner) {
		return weak && !s.weak
	}
	place := s.place.Value()
	return t < s.last+Resolution && s.covers(owner) && !place.adds(&owner.Place)
}

// Learn records that the address belonged to the owner at t. It copies the owner's strings if it keeps them, and reports
// whether anything but the last time has changed.
func (h *History) Learn(t int64, owner *Owner, weak bool) (changed bool) {
	if !weak {
		changed = h.dropWeak()
	}
	i := h.active(t)
	switch {
	case i >= 0 && h.spans[i].isSame(owner):
		return h.spans[i].extend(t, owner, weak) || changed
	case i >= 0 && weak && !h.spans[i].weak:
		return false
	case i+1 < len(h.spans) && h.spans[i+1].isSame(owner):
		return h.spans[i+1].extend(t, owner, weak) || changed
	}
	if len(h.spans) == MaxSpans {
		if i < 0 {
			return changed // older than everything that is kept
		}
		h.spans = slices.Delete(h.spans, 0, 1)
		i--
	}
	h.spans = slices.Insert(h.spans, i+1, h.newSpan(t, owner, weak))
	return true
}

// newSpan returns a span that begins at t. It shares the strings of an earlier span of the same owner. If two networks
// use the same addresses, spans alternate with every record.
func (h *History) newSpan(t int64, owner *Owner, weak bool) span {
	s := span{place: unique.Make(owner.Place), since: t, last: t, weak: weak}
	for i := range h.spans {
		if h.spans[i].eni == owner.Interface && h.spans[i].instance == owner.Instance {
			s.eni, s.instance = h.spans[i].eni, h.spans[i].instance
			return s
		}
	}
	s.eni, s.instance = strings.Clone(owner.Interface), strings.Clone(owner.Instance)
	return s
}

// active returns the index of the newest span that began at or before t, or -1.
func (h *History) active(t int64) int {
	for i := range slices.Backward(h.spans) {
		if h.spans[i].since <= t {
			return i
		}
	}
	return -1
}

func (h *History) hasWeak() bool {
	for i := range h.spans {
		if h.spans[i].weak {
			return true
		}
	}
	return false
}

// dropWeak removes the inferred owners.
func (h *History) dropWeak() bool {
	before := len(h.spans)
	h.spans = slices.DeleteFunc(h.spans, func(s span) bool { return s.weak })
	return len(h.spans) < before
}

func (s *span) owner() Owner { return Owner{s.eni, s.instance, s.place.Value()} }

// isSame reports whether the owner may be the machine of the span: an id that both have must be equal.
func (s *span) isSame(o *Owner) bool {
	return compatible(s.eni, o.Interface) && compatible(s.instance, o.Instance)
}

// covers reports whether the span has each id that the owner has.
func (s *span) covers(o *Owner) bool {
	return (o.Interface == "" || s.eni != "") && (o.Instance == "" || s.instance != "")
}

// extend adds an observation of the span's machine.
func (s *span) extend(t int64, owner *Owner, weak bool) (changed bool) {
	if t < s.since {
		s.since, changed = t, true
	}
	if s.weak && !weak {
		s.weak, changed = false, true
	}
	if t < s.last && !changed {
		return false
	}
	s.last = max(s.last, t)
	if !s.covers(owner) {
		s.eni, s.instance = strings.Clone(newest(s.eni, owner.Interface)), strings.Clone(newest(s.instance, owner.Instance))
		changed = true
	}
	if place := s.place.Value(); place.adds(&owner.Place) {
		place.merge(&owner.Place)
		s.place, changed = unique.Make(place), true
	}
	return changed
}
