// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package pane

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// Single is like Panes, but holds at most one pane, in two thirds of its memory. The zero Single is empty. It has no
// pointer, so that the garbage collector skips the many keys that have just one pane.
//
// It holds only panes whose numbers have at most 32 bits, which is nearly all of them.
type Single struct{ t, weight, other, first, flows, accepted, rejected uint32 }

// Total returns the weight of the pane, or 0 if there is none.
func (s *Single) Total() uint64 { return uint64(s.weight) }

// Newest returns the start of the pane. There must be one.
func (s *Single) Newest() int64 { return int64(s.t) }

// Add is like [Panes.Add]. It adds nothing and returns false if a Single cannot hold the result: two panes, or a large
// number.
func (s *Single) Add(f *Flow, length, keep int64) (t int64, added bool) {
	t = startOf(f, length)
	switch start := int64(s.t); {
	case s.flows == 0, start < t-keep:
		return t, s.begin(f, t)
	case start == t:
		return t, s.extend(f)
	default:
		return t, t < start-keep // too old to stay
	}
}

// begin replaces the pane by one that starts at t and has one flow. It does nothing and returns false if a number is too large.
func (s *Single) begin(f *Flow, t int64) bool {
	if t < 0 || t > math.MaxUint32 || f.Weight > math.MaxUint32 || f.Other > math.MaxUint32 {
		return false
	}
	*s = Single{t: uint32(t), weight: uint32(f.Weight), other: uint32(f.Other), first: uint32(f.T - t), flows: 1}
	count(&s.accepted, f.Accepted)
	count(&s.rejected, f.Rejected)
	return true
}

// extend adds a flow to the pane. It does nothing and returns false if a number would be too large.
func (s *Single) extend(f *Flow) bool {
	if f.Weight > uint64(math.MaxUint32-s.weight) || f.Other > uint64(math.MaxUint32-s.other) {
		return false
	}
	s.weight += uint32(f.Weight)
	s.other += uint32(f.Other)
	s.first = min(s.first, uint32(f.T-int64(s.t)))
	count(&s.flows, true)
	count(&s.accepted, f.Accepted)
	count(&s.rejected, f.Rejected)
	return true
}

// set replaces the pane. It does nothing and returns false if the pane has a large number.
func (s *Single) set(p *Pane) bool {
	if p.T < 0 || p.T > math.MaxUint32 || p.Weight > math.MaxUint32 || p.Other > math.MaxUint32 {
		return false
	}
	*s = Single{uint32(p.T), uint32(p.Weight), uint32(p.Other), p.First, p.Flows, p.Accepted, p.Rejected}
	return true
}

// pane returns the pane.
func (s *Single) pane() Pane {
	return Pane{
		T: int64(s.t), Weight: uint64(s.weight), Other: uint64(s.other), First: s.first, Flows: s.flows, Accepted: s.accepted,
		Rejected: s.rejected,
	}
}

// Panes returns the pane as Panes.
func (s *Single) Panes() (p Panes) {
	if s.flows > 0 {
		p = One(s.pane())
	}
	return p
}

// Single returns the panes as a Single, if one can hold them.
func (p *Panes) Single() (s Single, ok bool) {
	if len(p.list) > 1 {
		return s, false
	}
	ok = len(p.list) == 0 || s.set(&p.list[0])
	return s, ok
}

// GreatestWindow is like [Panes.GreatestWindow].
func (s *Single) GreatestWindow(t, window int64) (panes []Pane, sum uint64) {
	p := s.Panes()
	return p.GreatestWindow(t, window)
}

// Encode appends the pane to e in the format of Panes.
func (s *Single) Encode(e *encode.Encoder) {
	var panes [1]Pane
	n := 0
	if s.flows > 0 {
		panes[0], n = s.pane(), 1
	}
	encodePanes(e, panes[:n])
}
