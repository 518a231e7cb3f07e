// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
	"unique"
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// MaxSpans bounds the owners that are kept per address. The oldest is dropped first.
const MaxSpans = 8

// Resolution is the precision of Span.Last, in seconds. A coarse time saves writes for busy addresses.
const Resolution = 300

// Span is the time from Since to Last, in Unix seconds of event time, in which an address belonged to an owner.
type Span struct {
	Owner
	// Last may be up to Resolution too early.
	Since, Last int64
	// Weak marks an owner that was inferred. A direct observation replaces it.
	Weak bool
}

// History lists the owners of one address, ordered by time. The zero value is empty. It must not be copied.
type History struct {
	// single is the only span as long as there has been just one: most addresses never change their owner.
	single [1]span
	many   []span // nil until there are several spans
}

// span is a Span that takes less memory. Places are shared, because many addresses have the same one.
type span struct {
	eni, instance string
	place         unique.Handle[Place]
	since, last   int64
	weak          bool
}

// spans returns the spans in the order of time. They are valid until the next change.
func (h *History) spans() []span {
	switch {
	case h.many != nil:
		return h.many
	case h.single[0].isEmpty():
		return nil
	default:
		return h.single[:]
	}
}

// setSpans replaces the spans.
func (h *History) setSpans(spans []span) {
	if len(spans) > 1 {
		h.single[0], h.many = span{}, spans
		return
	}
	var single span
	if len(spans) == 1 {
		single = spans[0]
	}
	h.single[0], h.many = single, nil
}

// Bytes returns the memory of what the history points to.
func (h *History) Bytes() (n int64) {
	spans := h.spans()
	for i := range spans {
		n += int64(len(spans[i].eni) + len(spans[i].instance))
	}
	return n + int64(cap(h.many))*int64(unsafe.Sizeof(span{}))
}

// Spans returns a copy of the owners in order of time.
func (h *History) Spans() []Span {
	spans := h.spans()
	list := make([]Span, len(spans))
	for i := range spans {
		s := &spans[i]
		list[i] = Span{s.owner(), s.since, s.last, s.weak}
	}
	return list
}

// Restore sets the owners from a saved history.
func (h *History) Restore(spans []Span) {
	list := make([]span, len(spans))
	for i := range spans {
		s := &spans[i]
		list[i] = span{s.Interface, s.Instance, unique.Make(s.Place), s.Since, s.Last, s.Weak}
	}
	h.setSpans(list)
}

// At returns the newest owner that was first seen at or before t.
func (h *History) At(t int64) (Owner, bool) {
	spans := h.spans()
	if i := active(spans, t); i >= 0 {
		return spans[i].owner(), true
	}
	return Owner{}, false
}

// Last returns the latest time at which the address was seen, or 0.
func (h *History) Last() int64 {
	last, spans := int64(0), h.spans()
	for i := range spans {
		last = max(last, spans[i].last)
	}
	return last
}

// Knows reports whether learning the owner from the flow would change nothing, except the last time by less than
// Resolution. It is much faster than Learn.
func (h *History) Knows(f *flow.Flow, weak bool) bool {
	spans := h.spans()
	i := active(spans, f.Time)
	if i < 0 || !weak && hasWeak(spans) {
		return false
	}
	s := &spans[i]
	if !s.isSame(f.Interface, f.Instance) {
		return weak && !s.weak
	}
	if f.Time >= s.last+Resolution || !s.covers(f.Interface, f.Instance) {
		return false
	}
	place := s.place.Value()
	return !place.addedBy(f)
}

// Learn records that the address belonged to the owner at t. It copies the owner's strings if it keeps them, and reports
// whether anything but the last time has changed.
func (h *History) Learn(t int64, owner *Owner, weak bool) (changed bool) {
	if !weak {
		changed = h.dropWeak()
	}
	spans := h.spans()
	i := active(spans, t)
	switch {
	case i >= 0 && spans[i].isSame(owner.Interface, owner.Instance):
		return spans[i].extend(t, owner, weak) || changed
	case i >= 0 && weak && !spans[i].weak:
		return false
	case i+1 < len(spans) && spans[i+1].isSame(owner.Interface, owner.Instance):
		return spans[i+1].extend(t, owner, weak) || changed
	}
	if len(spans) == MaxSpans {
		if i < 0 {
			return changed // older than everything that is kept
		}
		spans = slices.Delete(spans, 0, 1)
		i--
	}
	h.setSpans(slices.Insert(spans, i+1, newSpan(spans, t, owner, weak)))
	return true
}

// newSpan returns a span that begins at t. It shares the strings of an earlier span of the same owner. If two networks
// use the same addresses, spans alternate with every record.
func newSpan(spans []span, t int64, owner *Owner, weak bool) span {
	s := span{place: unique.Make(owner.Place), since: t, last: t, weak: weak}
	for i := range spans {
		if spans[i].eni == owner.Interface && spans[i].instance == owner.Instance {
			s.eni, s.instance = spans[i].eni, spans[i].instance
			return s
		}
	}
	s.eni, s.instance = strings.Clone(owner.Interface), strings.Clone(owner.Instance)
	return s
}

// active returns the index of the newest span that began at or before t, or -1.
func active(spans []span, t int64) int {
	for i := range slices.Backward(spans) {
		if spans[i].since <= t {
			return i
		}
	}
	return -1
}

func hasWeak(spans []span) bool {
	for i := range spans {
		if spans[i].weak {
			return true
		}
	}
	return false
}

// dropWeak removes the inferred owners.
func (h *History) dropWeak() bool {
	spans := h.spans()
	if !hasWeak(spans) {
		return false
	}
	h.setSpans(slices.DeleteFunc(spans, func(s span) bool { return s.weak }))
	return true
}

// isEmpty reports whether the span is not set.
func (s *span) isEmpty() bool { return s.place == unique.Handle[Place]{} }

func (s *span) owner() Owner { return Owner{s.eni, s.instance, s.place.Value()} }

// isSame reports whether the owner may be the machine of the span: an id that both have must be equal.
func (s *span) isSame(eni, instance string) bool {
	return compatible(s.eni, eni) && compatible(s.instance, instance)
}

// covers reports whether the span has each id that the owner has.
func (s *span) covers(eni, instance string) bool {
	return (eni == "" || s.eni != "") && (instance == "" || s.instance != "")
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
	if !s.covers(owner.Interface, owner.Instance) {
		s.eni, s.instance = strings.Clone(newest(s.eni, owner.Interface)), strings.Clone(newest(s.instance, owner.Instance))
		changed = true
	}
	if place := s.place.Value(); place.adds(&owner.Place) {
		place.merge(&owner.Place)
		s.place, changed = unique.Make(place), true
	}
	return changed
}
