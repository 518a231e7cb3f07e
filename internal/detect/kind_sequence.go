// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
)

// sequence is a kind of rule that alerts when one source has enough distinct failures in the window before a success.
// The flows may arrive in any order.
type sequence struct {
	base
	keyed[sequenceState]
}

type sequenceState struct {
	failures  timeline.Short
	successes successes
	episode   *episode
	samples   *samples
}

func newSequence(b base) observer {
	b.measures = BeforeSuccess
	s := &sequence{base: b}
	s.keyed = newKeyed(&s.base, codec[sequenceState]{
		encode:  s.encode,
		decode:  s.decode,
		last:    s.last,
		episode: func(state *sequenceState) *episode { return state.episode },
	})
	s.table.Stale = func(k *lru.Key, state *sequenceState) bool {
		return stateExpired(&s.base, k, s.last(state), state.episode)
	}
	return s
}

func (*sequence) last(state *sequenceState) int64 {
	return max(state.failures.Newest(), state.successes.newest())
}

func (s *sequence) observe(ev *Event) {
	failed, qualifies := s.outcome(ev)
	if !qualifies || s.ignored() || s.tooLate(ev) {
		return
	}
	var k lru.Key
	bySource.key(ev, &k)
	state, _ := s.table.Touch(&k)
	state.successes.dropBefore(ev.watermark - s.shared.lateness)
	var from, to int          // the successes that the flow may complete
	var entry *timeline.Entry // the failure
	if failed {
		failure := connectionAttempt.entry(ev)
		entry = &failure
		state.failures.Add(&failure, s.keep(), timelineLimit(s.set.Failures))
		from, to = state.successes.since(ev.Time), state.successes.since(ev.Time+s.window)
	} else {
		from = state.successes.add(ev)
		to = from + 1
	}
	if int64(state.failures.Len())+alert.MaxSamples > s.set.Failures {
		addSample(&state.samples, ev, s.shared.names)
	}
	fired := false
	for _, success := range state.successes[from:to] {
		before := state.failures.WindowUpTo(success.t, s.window)
		if s.recorder != nil {
			s.recorder.Raise(&k, int64(len(before)), func() int64 { return int64(len(before)) })
		}
		if int64(len(before)) >= s.set.Failures {
			s.fire(ev, state, success, before, entry, !fired)
			fired = true
		}
	}
	if !fired {
		s.addPending(state.episode, ev, entry)
	}
}

// outcome reports whether the flow is an attempt on a remote service, and whether the attempt failed.
func (s *sequence) outcome(ev *Event) (failed, qualifies bool) {
	if ev.role != Request || !tcpOrUDP(ev) || !s.ports.Has(ev.DstPort) {
		return false, false
	}
	return rejected(ev), rejected(ev) || ev.accepted
}

// fire handles a success that has enough failures before it since the current flow. isFirst marks the first of these
// successes. entry is the failure if the flow is one, or else nil.
func (s *sequence) fire(
	ev *Event, state *sequenceState, success success, before []timeline.Entry, entry *timeline.Entry, isFirst bool,
) {
	measure := int64(len(before))
	ep, opened := s.episodeAt(&state.episode, success.t)
	switch {
	case opened:
		evidence := sumOf(before)
		evidence.add(1, min(success.packets, pane.Max), min(success.bytes, pane.Max))
		ep.begin(before[0].T, evidence, before, true)
	case isFirst:
		ep.extend(ev, entry, measure)
	}
	ep.ensureGrowth().accept(netip.AddrPortFrom(success.dst, success.port))
	a := s.nextAlert(ev, ep, opened, success.t, measure, s.severityOr(s.Severity))
	if a == nil {
		return
	}
	a.Threshold = s.set.Failures
	a.Destination, a.DestinationPort, a.Transport = success.dst, success.port, success.transport
	a.Truncated = state.failures.IsLowerBound(before, s.window)
	a.Samples = state.samples.since(success.t - s.window + 1)
	d := addEntries(a, before)
	a.LastSeen = max(a.LastSeen, success.t)
	a.Flows++
	a.AcceptedFlows++
	a.Packets += clamp(success.packets)
	a.Bytes += clamp(success.bytes)
	s.emitEpisode(ev, ep, a, bySource.text(ev), d)
}

func (*sequence) encode(e *encode.Encoder, state *sequenceState) {
	state.failures.Encode(e)
	state.successes.encode(e)
	encodeEpisode(e, state.episode)
	state.samples.encode(e)
}

func (s *sequence) decode(d *encode.Decoder, state *sequenceState) {
	state.failures.Decode(d, connectionAttempt.parts, timelineLimit(s.set.Failures))
	state.successes = decodeSuccesses(d)
	state.episode, state.samples = s.decodeEpisode(d), decodeSamples(d, s.shared.names)
}
