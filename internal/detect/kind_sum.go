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
	extras extras[sumExtra]
	least  int64 // the sum at which the condition holds
	length int64 // of a pane, in seconds
}

// sumState is the state of a key. Most keys have one pane and nothing else.
type sumState struct {
	only  pane.Single // empty if there is an extra
	extra uint32      // the number of the key's entry, or 0 if the key has no extra
}

// sumExtra is the state of a key that has several panes or is near the threshold.
type sumExtra struct {
	panes   pane.Panes
	episode *episode
	samples *samples
}

func newSum(b base) observer {
	least := b.set.Threshold
	if b.over {
		least, b.beyond = min(least, pane.Max)+1, 1
	}
	s := &sum{base: b, least: least, length: max(1, b.window/60)}
	s.keyed = newKeyed(&s.base, codec[sumState]{encode: s.encode, decode: s.decode, last: s.last, episode: s.episode})
	bindExtras(&s.keyed, &s.extras, (*sumExtra).bytes, func(state *sumState) *uint32 { return &state.extra })
	s.table.Stale = func(scope uint32, state *sumState) bool {
		return stateExpired(&s.base, scope, s.last(state), s.episode(state))
	}
	return s
}

// last implements codec. The flows of a pane may be up to its length later than its start.
func (s *sum) last(state *sumState) int64 {
	if x := s.extras.get(state.extra); x != nil {
		return x.panes.Newest() + s.length
	}
	return state.only.Newest() + s.length
}

func (s *sum) episode(state *sumState) *episode {
	if x := s.extras.get(state.extra); x != nil {
		return x.episode
	}
	return nil
}

func (s *sum) observe(ev *Event) {
	if !s.matcher.has(ev) || s.ignored() || s.tooLate(ev) {
		return
	}
	k := s.keyOf(ev)
	weight, other := ev.Packets, ev.Bytes
	if s.Unit == alert.Bytes {
		weight, other = other, weight
	}
	state, _ := s.table.TouchAt(k)
	x, t := s.add(state, &pane.Flow{
		T: ev.Time, Weight: weight, Other: other, Accepted: ev.accepted, Rejected: rejected(ev),
	})
	if x == nil {
		if s.recorder != nil {
			s.recorder.Raise(k.Key(), clamp(state.only.Total()), func() int64 {
				_, total := state.only.GreatestWindow(t, s.window)
				return clamp(total)
			})
		}
		return
	}
	s.observeExtra(ev, k.Key(), x, t)
	s.extras.resize(state.extra)
}

// observeExtra evaluates a flow that was added to the extra of its key, in the pane at t.
func (s *sum) observeExtra(ev *Event, k *lru.Key, x *sumExtra, t int64) {
	if s.recorder != nil {
		s.recorder.Raise(k, clamp(x.panes.Total()), func() int64 {
			_, total := x.panes.GreatestWindow(t, s.window)
			return clamp(total)
		})
	}
	if s.isNear(x.panes.Total()) {
		addSample(&x.samples, ev, s.shared.names)
		entry := target.entry(ev)
		x.samples.targets.Add(&entry, s.keep(), maxTargets)
	}
	if clamp(x.panes.Total()) >= s.least {
		if window, total := x.panes.GreatestWindow(t, s.window); int64(total) >= s.least {
			s.fire(ev, x, window, int64(total))
			return
		}
	}
	s.addPending(x.episode, ev, nil)
}

// add adds a flow to the state of the key that was touched last. It returns the start of the flow's pane, and nil if the
// key needs no extra.
func (s *sum) add(state *sumState, f *pane.Flow) (x *sumExtra, t int64) {
	x = s.extras.get(state.extra)
	if x == nil {
		t, added := state.only.Add(f, s.length, s.keep())
		if added && !s.isNear(state.only.Total()) {
			return nil, t
		}
		x = s.setExtra(state, sumExtra{panes: state.only.Panes()})
		if added {
			return x, t
		}
	}
	return x, x.panes.Add(f, s.length, s.keep())
}

// setExtra gives the key that was touched last an extra.
func (s *sum) setExtra(state *sumState, x sumExtra) *sumExtra {
	*state = sumState{extra: s.table.Newest()}
	return s.extras.put(state.extra, x)
}

// bytes returns the memory of what the extra points to.
func (x *sumExtra) bytes() int64 { return x.panes.Bytes() + x.episode.bytes() + x.samples.bytes() }

// isNear reports whether a sum is near the threshold, so that samples are needed.
func (s *sum) isNear(total uint64) bool { return clamp(total) >= s.least/2 }

// fire handles a flow that meets the condition.
func (s *sum) fire(ev *Event, x *sumExtra, window []pane.Pane, total int64) {
	if ep, opened := s.episodeAt(&x.episode, ev.Time); opened {
		s.alertOnSum(ev, ep, true, x.samples, window, total)
	} else {
		ep.extend(ev, nil, total)
		s.alertOnSum(ev, ep, false, x.samples, window, total)
	}
}

// alertOnSum begins the episode if it has opened, and emits an alert if one is due. The panes of the window are the evidence.
func (b *base) alertOnSum(ev *Event, ep *episode, opened bool, near *samples, window []pane.Pane, total int64) {
	first := window[0].T + int64(window[0].First)
	targets := near.targetsSince(first)
	if opened {
		ep.begin(first, b.totalsOf(window), targets, target)
	}
	a := b.nextAlert(ev, ep, opened, ev.Time, total, b.severityOr(b.Severity))
	if a == nil {
		return
	}
	a.Samples = near.since(window[0].T)
	b.addPanes(a, window)
	details := addTargets(a, targets)
	b.addKey(ev, a)
	b.emitEpisode(ev, ep, a, details)
}

// totalsOf returns what the flows of the panes add up to.
func (b *base) totalsOf(window []pane.Pane) (t totals) {
	for i := range window {
		packets, bytes := window[i].Weight, window[i].Other
		if b.Unit == alert.Bytes {
			packets, bytes = bytes, packets
		}
		t.add(int64(window[i].Flows), packets, bytes)
	}
	return t
}

// addPanes adds the totals, outcomes and times of the panes to the alert. LastSeen is the start of a pane, but at least the
// time of the alert.
func (b *base) addPanes(a *alert.Alert, window []pane.Pane) {
	a.FirstSeen = window[0].T + int64(window[0].First)
	a.LastSeen = max(a.Time, window[len(window)-1].T)
	for i := range window {
		a.AcceptedFlows += int64(window[i].Accepted)
		a.RejectedFlows += int64(window[i].Rejected)
	}
	t := b.totalsOf(window)
	a.Flows, a.Packets, a.Bytes = t.flows, int64(t.packets), int64(t.bytes)
}

func (s *sum) encode(e *encode.Encoder, state *sumState) {
	x := s.extras.get(state.extra)
	if x == nil {
		state.only.Encode(e)
		x = new(sumExtra)
	} else {
		x.panes.Encode(e)
	}
	encodeEpisode(e, x.episode)
	x.samples.encode(e)
}

func (s *sum) decode(d *encode.Decoder, state *sumState) {
	var x sumExtra
	x.panes.Decode(d)
	x.episode, x.samples = s.decodeEpisode(d), decodeSamples(d, s.shared.names)
	if x.panes.Len() == 0 {
		d.Fail()
	}
	if single, ok := x.panes.Single(); ok && x.episode == nil && x.samples == nil {
		state.only = single
		s.extras.remove(s.table.Newest())
		return
	}
	s.setExtra(state, x)
}
