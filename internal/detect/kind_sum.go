// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
)

// sum is a kind of rule that adds up packets or bytes per key in a sliding window. It adds them up in panes of one
// sixtieth of the window.
type sum struct {
	base
	keyed[sumState]
	qualifies func(*Event) bool
	group     grouping
	least     int64 // the sum at which the condition holds
	length    int64 // of a pane, in seconds
}

type sumState struct {
	panes   pane.Panes
	episode *episode
	samples *samples
}

// newSum builds the rule. Its condition holds when the sum is at least least.
func newSum(b base, g grouping, least int64, qualifies func(*Event) bool) observer {
	b.beyond = max(0, least-b.set.Threshold)
	s := &sum{base: b, qualifies: qualifies, group: g, least: least, length: max(1, b.window/60)}
	s.keyed = newKeyed(&s.base, codec[sumState]{
		encode:  s.encode,
		decode:  s.decode,
		episode: func(state *sumState) *episode { return state.episode },
	})
	s.table.Stale = func(k *lru.Key, state *sumState) bool {
		// The flows of a pane may be up to its length later than its start.
		return stateExpired(&s.base, k, state.panes.Newest()+s.length, state.episode)
	}
	return s
}

func (s *sum) observe(ev *Event) {
	if !s.qualifies(ev) || s.ignored() || s.tooLate(ev) {
		return
	}
	k := s.group.key(ev)
	weight, other := ev.Packets, ev.Bytes
	if s.Unit == alert.Bytes {
		weight, other = other, weight
	}
	state, _ := s.table.Touch(&k)
	t := state.panes.Add(&pane.Flow{
		T: ev.Time, Weight: weight, Other: other, Accepted: ev.accepted, Rejected: rejected(ev),
	}, s.length, s.keep())
	if s.recorder != nil {
		s.recorder.Raise(&k, clamp(state.panes.Total()), func() int64 {
			_, total := state.panes.GreatestWindow(t, s.window)
			return clamp(total)
		})
	}
	if clamp(state.panes.Total()) >= s.least/2 {
		addSample(&state.samples, ev, s.shared.names)
		entry := target.entry(ev)
		state.samples.targets.Add(&entry, s.keep(), maxTargets)
	}
	if clamp(state.panes.Total()) >= s.least {
		if window, total := state.panes.GreatestWindow(t, s.window); int64(total) >= s.least {
			s.fire(ev, state, window, int64(total))
			return
		}
	}
	s.addPending(state.episode, ev, nil)
}

// fire handles a flow that meets the condition.
func (s *sum) fire(ev *Event, state *sumState, window []pane.Pane, total int64) {
	first := window[0].T + int64(window[0].First)
	targets := state.samples.targets.Since(first)
	ep, opened := s.episodeAt(&state.episode, ev.Time)
	if opened {
		ep.begin(first, s.totalsOf(window), targets, false)
	} else {
		ep.extend(ev, nil, total)
	}
	a := s.nextAlert(ev, ep, opened, ev.Time, total, s.severityOr(s.Severity))
	if a == nil {
		return
	}
	a.Samples = state.samples.list()
	s.addPanes(a, window)
	details := addTargets(a, targets)
	if s.group >= byPair {
		a.Destination, a.Destinations = ev.Dst, nil
	}
	s.emitEpisode(ev, ep, a, s.group.text(ev), details)
}

// totalsOf returns what the flows of the panes add up to.
func (s *sum) totalsOf(window []pane.Pane) (t totals) {
	for i := range window {
		packets, bytes := window[i].Weight, window[i].Other
		if s.Unit == alert.Bytes {
			packets, bytes = bytes, packets
		}
		t.add(int64(window[i].Flows), packets, bytes)
	}
	return t
}

// addPanes adds the totals, outcomes and times of the panes to the alert. LastSeen is the start of a pane, but at least the
// time of the flow.
func (s *sum) addPanes(a *alert.Alert, window []pane.Pane) {
	a.FirstSeen = window[0].T + int64(window[0].First)
	a.LastSeen = max(a.Time, window[len(window)-1].T)
	for i := range window {
		a.AcceptedFlows += int64(window[i].Accepted)
		a.RejectedFlows += int64(window[i].Rejected)
	}
	t := s.totalsOf(window)
	a.Flows, a.Packets, a.Bytes = t.flows, int64(t.packets), int64(t.bytes)
}

func (*sum) encode(e *encode.Encoder, state *sumState) {
	state.panes.Encode(e)
	encodeEpisode(e, state.episode)
	state.samples.encode(e)
}

func (s *sum) decode(d *encode.Decoder, state *sumState) {
	state.panes.Decode(d)
	state.episode, state.samples = s.decodeEpisode(d), decodeSamples(d, s.shared.names)
	if state.panes.Len() == 0 {
		d.Fail()
	}
}
