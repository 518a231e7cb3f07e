// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/alert"

// sum is a window rule that adds up a weight for each key, in panes of a sixtieth of the window.
type sum struct {
	base
	qualifies func(*Event) bool
	pair      bool  // the key is source and destination, not the source alone
	least     int64 // the sum at which the condition holds
	pane      int64 // seconds
	table     *table[sumState]
	journal   *journal[sumState]
}

type sumState struct {
	panes   panes
	episode *episode
	samples *samples
}

func newSum(b base, pair bool, least int64, qualifies func(*Event) bool) observer {
	b.beyond = max(0, least-b.set.Threshold)
	s := &sum{
		base: b, qualifies: qualifies, pair: pair, least: least, pane: max(1, b.window/60),
		table: newTable[sumState](b.set.MaxKeys),
	}
	s.table.stale = func(k *key, state *sumState) bool {
		// A pane reaches up to its length beyond the time that names it.
		return s.over(k, state.panes.list[len(state.panes.list)-1].t+s.pane, state.episode)
	}
	s.table.dropped = func(state *sumState) { state.episode.forget() }
	s.journal = newJournal(&s.base, s.table, s.encode, s.decode, s.episode)
	return s
}

func (s *sum) size() (int, int64) { return s.table.len(), s.table.evicted }

func (s *sum) saver() saver { return s.journal }

func (s *sum) observe(ev *Event) {
	if !s.qualifies(ev) || s.removed(ev) || s.tooLate(ev) {
		return
	}
	k := key{scope: ev.scope.id, src: ev.src}
	if s.pair {
		k.dst = ev.dst
	}
	weight, other := ev.Packets, ev.Bytes
	if s.Unit == alert.Bytes {
		weight, other = other, weight
	}
	state, _ := s.table.touch(&k)
	t := ev.Time - ev.Time%s.pane
	state.panes.add(t, weight, other, s.keep())
	if s.peaks != nil {
		s.peaks.raise(&k, clamp(state.panes.total), func() int64 {
			_, total := state.panes.best(t, s.window)
			return clamp(total)
		})
	}
	if clamp(state.panes.total) >= s.least/2 {
		s.engine.sampled(&state.samples, ev)
	}
	if clamp(state.panes.total) < s.least {
		return
	}
	if window, total := state.panes.best(t, s.window); int64(total) >= s.least {
		s.hold(ev, state, window, int64(total))
	}
}

func (s *sum) hold(ev *Event, state *sumState, window []pane, measure int64) {
	severity := s.severity(s.Severity)
	ep, opened := s.at(&state.episode, ev.Time)
	status := s.judge(ep, opened, ev.Time, measure, severity)
	if status == "" {
		return
	}
	a := s.alert(ev, status, severity, measure)
	parts := []string{ev.Src.String()}
	if s.pair {
		a.Destination = ev.Dst
		parts = append(parts, ev.Dst.String())
	}
	a.UID = alert.UID(s.ID, ev.scope.name, parts, ep.opened)
	a.Samples = state.samples.list()
	s.show(a, window)
	a.Body = s.sentence(a, extent{})
	s.tell(ev, ep, a)
}

// show fills the alert with what the panes tell. Times are exact to a pane, but never beyond the flow that tells.
func (s *sum) show(a *alert.Alert, window []pane) {
	a.FirstSeen = window[0].t
	a.LastSeen = max(a.Time, window[len(window)-1].t)
	var weight, other uint64
	for i := range window {
		a.Flows += window[i].flows
		weight += window[i].weight
		other += window[i].other
	}
	a.Packets, a.Bytes = int64(weight), int64(other)
	if s.Unit == alert.Bytes {
		a.Packets, a.Bytes = a.Bytes, a.Packets
	}
}

func (*sum) encode(e *encoder, state *sumState) {
	state.panes.encode(e)
	encodeEpisode(e, state.episode)
	state.samples.encode(e)
}

func (s *sum) decode(d *decoder, state *sumState) {
	state.panes.decode(d)
	state.episode, state.samples = s.decodeEpisode(d), s.engine.decodeSamples(d)
	d.bad = d.bad || len(state.panes.list) == 0
}

func (*sum) episode(state *sumState) *episode { return state.episode }
