// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "slices"

// pane sums what a key of a sum rule did in a short stretch of time.
type pane struct {
	t             int64 // start of the stretch
	flows         int64
	weight, other uint64 // what the rule adds up, and the other one of packets and bytes
}

// panes keeps, for one key of a sum rule, its panes in order of time. The zero value is empty and ready.
type panes struct {
	list  []pane
	total uint64 // of all weights: no window can hold more
}

// most bounds what one pane can hold (9 PB), so that no sum over panes overflows whatever a record claims.
const most = 1 << 53

// add puts a flow into the pane that starts at t and drops panes older than keep before the newest.
func (p *panes) add(t int64, weight, other uint64, keep int64) {
	at := len(p.list)
	for at > 0 && p.list[at-1].t > t {
		at--
	}
	if at == 0 || p.list[at-1].t != t {
		p.list = slices.Insert(p.list, at, pane{t: t})
		at++
	}
	into := &p.list[at-1]
	weight = min(weight, most-into.weight)
	into.flows++
	into.weight += weight
	into.other = min(into.other+min(other, most), most)
	p.total += weight
	for oldest := p.list[len(p.list)-1].t - keep; p.list[0].t < oldest; {
		p.total -= p.list[0].weight
		p.list = p.list[1:]
	}
}

// best returns the panes of the window (e - window, e] with the greatest sum that contains t, where e is the time of a
// pane; the earliest of equals.
func (p *panes) best(t, window int64) (best []pane, sum uint64) {
	var running uint64
	from := 0
	for end := range p.list {
		running += p.list[end].weight
		for p.list[from].t <= p.list[end].t-window {
			running -= p.list[from].weight
			from++
		}
		if e := p.list[end].t; e >= t && e < t+window && (best == nil || running > sum) {
			best, sum = p.list[from:end+1], running
		}
	}
	return best, sum
}
