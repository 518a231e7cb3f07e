// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package pane adds up weights in short time intervals, called panes, and finds the greatest sum of a sliding window.
package pane

import (
	"math"
	"slices"
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// Pane holds the totals of one interval.
type Pane struct {
	T      int64  // start, in Unix seconds
	Weight uint64 // what the rule adds up
	Other  uint64 // packets if the rule adds up bytes, and the reverse
	First  uint32 // seconds from T to the first flow
	Flows  uint32
	// Accepted and Rejected are the numbers of accepted and rejected flows.
	Accepted, Rejected uint32
}

// Flow is a flow to add.
type Flow struct {
	T                  int64 // Unix seconds
	Weight, Other      uint64
	Accepted, Rejected bool
}

// Panes holds panes in order of time. The zero value is empty and ready to use.
type Panes struct {
	list  []Pane
	total uint64 // of all weights: no window has a greater sum
}

// Max bounds the numbers in one pane (9 PB), so that no sum of panes overflows, not even with forged records.
const Max = 1 << 53

// Len returns the number of panes.
func (p *Panes) Len() int { return len(p.list) }

// Total returns the sum of all weights, which is an upper bound for every window.
func (p *Panes) Total() uint64 { return p.total }

// List returns the panes in order of time. The caller must not change them.
func (p *Panes) List() []Pane { return p.list }

// Newest returns the start of the newest pane. There must be one.
func (p *Panes) Newest() int64 { return p.list[len(p.list)-1].T }

// Bytes returns the memory of the panes.
func (p *Panes) Bytes() int64 { return int64(cap(p.list)) * int64(unsafe.Sizeof(Pane{})) }

// Add adds a flow to its pane, which starts at a multiple of length. It then drops the panes that are more than keep
// seconds older than the newest. It returns the start of the flow's pane.
func (p *Panes) Add(f *Flow, length, keep int64) (t int64) {
	t = startOf(f, length)
	at := len(p.list)
	for at > 0 && p.list[at-1].T > t {
		at--
	}
	if at == 0 || p.list[at-1].T != t {
		p.list = slices.Insert(p.list, at, newPane(t))
		at++
	}
	p.total += p.list[at-1].add(f)
	oldest, dropped := p.Newest()-keep, 0
	for p.list[dropped].T < oldest {
		p.total -= p.list[dropped].Weight
		dropped++
	}
	if dropped > 0 { // moving the rest up keeps the space for new panes
		p.list = p.list[:copy(p.list, p.list[dropped:])]
	}
	return t
}

// One returns Panes with one pane, and space for another.
func One(only Pane) Panes {
	return Panes{list: append(make([]Pane, 0, 2), only), total: only.Weight}
}

func startOf(f *Flow, length int64) int64 { return f.T - f.T%length }

func newPane(t int64) Pane { return Pane{T: t, First: math.MaxUint32} }

// add adds a flow and returns the weight that was added.
func (p *Pane) add(f *Flow) (weight uint64) {
	weight = min(f.Weight, Max-p.Weight)
	p.Weight += weight
	p.Other = min(p.Other+min(f.Other, Max), Max)
	p.First = min(p.First, uint32(min(f.T-p.T, math.MaxUint32)))
	count(&p.Flows, true)
	count(&p.Accepted, f.Accepted)
	count(&p.Rejected, f.Rejected)
	return weight
}

func count(n *uint32, one bool) {
	if one && *n < math.MaxUint32 {
		*n++
	}
}

// GreatestWindow returns the panes and the sum of the window (end - window, end] that contains t and has the greatest
// sum. end is the time of a pane. If several windows have this sum, it returns the earliest.
func (p *Panes) GreatestWindow(t, window int64) (panes []Pane, sum uint64) {
	return greatestWindow(p.list, t, window)
}

func greatestWindow(all []Pane, t, window int64) (panes []Pane, sum uint64) {
	var running uint64
	from := 0
	for end := range all {
		running += all[end].Weight
		for all[from].T <= all[end].T-window {
			running -= all[from].Weight
			from++
		}
		if e := all[end].T; e >= t && e < t+window && (panes == nil || running > sum) {
			panes, sum = all[from:end+1], running
		}
	}
	return panes, sum
}

// Encode appends the panes to e.
func (p *Panes) Encode(e *encode.Encoder) { encodePanes(e, p.list) }

func encodePanes(e *encode.Encoder, panes []Pane) {
	e.Uint(uint64(len(panes)))
	before := int64(0)
	for i := range panes {
		pane := &panes[i]
		e.Uint(uint64(pane.T - before))
		before = pane.T
		e.Uint(pane.Weight)
		e.Uint(pane.Other)
		for _, n := range []uint32{pane.First, pane.Flows, pane.Accepted, pane.Rejected} {
			e.Uint(uint64(n))
		}
	}
}

// Decode reads panes into p, which must be empty.
func (p *Panes) Decode(d *encode.Decoder) {
	t := int64(0)
	for range d.Count() {
		t += int64(d.UpTo(math.MaxInt32))
		pane := Pane{T: t, Weight: d.UpTo(Max), Other: d.UpTo(Max)}
		for _, n := range []*uint32{&pane.First, &pane.Flows, &pane.Accepted, &pane.Rejected} {
			*n = uint32(d.UpTo(math.MaxUint32))
		}
		p.list = append(p.list, pane)
		p.total += pane.Weight
	}
}
