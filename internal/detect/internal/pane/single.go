// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package pane

import "github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"

// Single is like Panes, but holds at most one pane. The zero Single is empty. It has no pointer, so that the garbage
// collector skips the many keys that have just one pane.
type Single struct{ pane [1]Pane }

// Total returns the weight of the pane, or 0 if there is none.
func (s *Single) Total() uint64 { return s.pane[0].Weight }

// Newest returns the start of the pane. There must be one.
func (s *Single) Newest() int64 { return s.pane[0].T }

// Add is like [Panes.Add]. It does nothing and returns false if that would lead to two panes.
func (s *Single) Add(f *Flow, length, keep int64) (t int64, added bool) {
	pane := &s.pane[0]
	t = startOf(f, length)
	switch {
	case pane.isEmpty(), pane.T < t-keep:
		*pane = newPane(t)
		pane.add(f)
	case pane.T == t:
		pane.add(f)
	case t < pane.T-keep: // too old to stay
	default:
		return t, false
	}
	return t, true
}

// Panes returns the pane as Panes.
func (s *Single) Panes() (p Panes) {
	p.list, p.total = append(make([]Pane, 0, 2), s.all()...), s.Total()
	return p
}

// Single returns the panes as a Single, if there is at most one.
func (p *Panes) Single() (s Single, ok bool) {
	if len(p.list) > 1 {
		return s, false
	}
	copy(s.pane[:], p.list)
	return s, true
}

// GreatestWindow is like [Panes.GreatestWindow].
func (s *Single) GreatestWindow(t, window int64) (panes []Pane, sum uint64) {
	return greatestWindow(s.all(), t, window)
}

// Encode appends the pane to e in the format of Panes.
func (s *Single) Encode(e *encode.Encoder) { encodePanes(e, s.all()) }

// all returns the pane, if there is one.
func (s *Single) all() []Pane {
	if s.pane[0].isEmpty() {
		return nil
	}
	return s.pane[:]
}
