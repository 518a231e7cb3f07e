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
		return outOfReach(&s.base, k, state.panes.Newest()+s.length, state.episode)
	}
	return s
}

func (s *sum) observe(ev *Event) {
	if !s.qualifies(ev) || s.ignored(ev) || s.tooLate(ev) {
		return
	}
	k := s.group.key(ev)
	weight, other := ev.Packets, ev.Bytes
	if s.Unit == alert.Bytes {
		weight, other = other, weight
	}
	state, _ := s.table.Touch(&k)
	t := ev.Time - ev.Time%s.length
	state.panes.Add(t, weight, other, s.keep())
	if s.recorder != nil {
		s.recorder.Raise(&k, clamp(state.panes.Total()), func() int64 {
			_, total := state.panes.GreatestWindow(t, s.window)
			return clamp(total)
		})
	}
	if clamp(state.panes.Total()) >= s.least/2 {
		addSample(&state.samples, ev, s.shared.names)
	}
	if clamp(state.panes.Total()) < s.least {
		return
	}
	if window, total := state.panes.GreatestWindow(t, s.window); int64(total) >= s.least {
		s.hold(ev, state, window, int64(total))
	}
}

// hold handles a flow at which the condition holds.
func (s *sum) hold(ev *Event, state *sumState, window []pane.Pane, total int64) {
	ep, opened := s.episodeAt(&state.episode, ev.Time)
	a := s.nextAlert(ev, ep, opened, ev.Time, total, s.severityOr(s.Severity))
	if a == nil {
		return
	}
	a.Destination = s.group.destination(ev)
	a.Samples = state.samples.list()
	s.addPanes(a, window)
	s.emitEpisode(ev, ep, a, s.group.text(ev), details{})
}

// addPanes adds the totals and times of the panes to the alert. The times are the starts of panes, but LastSeen is at
// least the time of the flow.
func (s *sum) addPanes(a *alert.Alert, window []pane.Pane) {
	a.FirstSeen = window[0].T
	a.LastSeen = max(a.Time, window[len(window)-1].T)
	var weight, other uint64
	for i := range window {
		a.Flows += window[i].Flows
		weight += window[i].Weight
		other += window[i].Other
	}
	a.Packets, a.Bytes = int64(weight), int64(other)
	if s.Unit == alert.Bytes {
		a.Packets, a.Bytes = a.Bytes, a.Packets
	}
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
