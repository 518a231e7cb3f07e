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
	start := int64(s.t)
	switch {
	case s.flows == 0, start < t-keep:
		pane := newPane(t)
		pane.add(f)
		return t, s.set(&pane)
	case start == t:
		pane := s.pane()
		pane.add(f)
		return t, s.set(&pane)
	}
	return t, t < start-keep // too old to stay
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
		p.list, p.total = append(make([]Pane, 0, 2), s.pane()), s.Total()
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
