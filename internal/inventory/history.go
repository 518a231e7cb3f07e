// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
	"unique"
)

// maxSpans bounds the owners that are kept per address. The oldest is dropped first.
const maxSpans = 8

// Span says that an address belonged to an owner from Since to Last, in Unix seconds of event time.
type Span struct {
	Owner
	Since, Last int64
	// Weak marks an owner that was inferred. Any direct observation replaces it.
	Weak bool
}

// History lists the owners of one address, ordered by time. The zero value is empty.
type History struct {
	spans []Span
}

// Spans returns the owners in the order of time. The caller must not change them.
func (h *History) Spans() []Span { return h.spans }

// Restore sets the owners to those of a saved history.
func (h *History) Restore(spans []Span) { h.spans = spans }

// At returns the newest owner that was first seen at or before t, or nil.
func (h *History) At(t int64) *Owner {
	if i := h.active(t); i >= 0 {
		return &h.spans[i].Owner
	}
	return nil
}

// Last returns the latest time at which the address was seen, or 0.
func (h *History) Last() int64 {
	last := int64(0)
	for i := range h.spans {
		last = max(last, h.spans[i].Last)
	}
	return last
}

// Learn records that the address belonged to the owner at t. It copies the owner's strings if it keeps them, and reports
// whether anything but the last time has changed. A known owner costs no allocation.
func (h *History) Learn(t int64, owner *Owner, weak bool) (changed bool) {
	if !weak {
		changed = h.dropWeak()
	}
	i := h.active(t)
	switch {
	case i >= 0 && h.spans[i].same(owner):
		return h.extend(i, t, owner, weak) || changed
	case i >= 0 && weak && !h.spans[i].Weak:
		return false
	case i+1 < len(h.spans) && h.spans[i+1].same(owner):
		return h.extend(i+1, t, owner, weak) || changed
	}
	h.spans = slices.Insert(h.spans, i+1, Span{Owner: copyOf(owner), Since: t, Last: t, Weak: weak})
	if len(h.spans) > maxSpans {
		h.spans = slices.Delete(h.spans, 0, 1)
	}
	return true
}

// active returns the index of the newest span that began at or before t, or -1.
func (h *History) active(t int64) int {
	for i := range slices.Backward(h.spans) {
		if h.spans[i].Since <= t {
			return i
		}
	}
	return -1
}

// extend adds an observation to a span.
func (h *History) extend(i int, t int64, owner *Owner, weak bool) (changed bool) {
	s := &h.spans[i]
	if t < s.Since {
		s.Since, changed = t, true
	}
	if s.Weak && !weak {
		s.Weak, changed = false, true
	}
	if t < s.Last && !changed {
		return false
	}
	s.Last = max(s.Last, t)
	if merged := s.merge(owner); merged != s.Owner {
		s.Owner, changed = copyOf(&merged), true
	}
	return changed
}

// dropWeak removes the inferred owners.
func (h *History) dropWeak() bool {
	before := len(h.spans)
	h.spans = slices.DeleteFunc(h.spans, func(s Span) bool { return s.Weak })
	return len(h.spans) < before
}

// copyOf returns a copy that does not share memory with the record. Places are interned, because many addresses have the
// same one.
func copyOf(o *Owner) Owner {
	return Owner{
		Interface: strings.Clone(o.Interface),
		Instance:  strings.Clone(o.Instance),
		Place:     unique.Make(o.Place).Value(),
	}
}
