// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// sequence is a rule that fires when, for one source, enough distinct failures lie within the window before a success,
// whichever of them arrives last.
type sequence struct {
	base
	table   *table[sequenceState]
	journal *journal[sequenceState]
}

type sequenceState struct {
	failures  timeline
	successes []success // in order of time
	episode   *episode
	samples   *samples
}

// success is kept for as long as a failure before it may still arrive.
type success struct {
	t              int64
	dst            netip.Addr
	port           uint16
	transport      string
	packets, bytes uint64
}

// maxSuccesses bounds the successes of a key, of which one a second matters.
const maxSuccesses = 1024

func newSequence(b base) observer {
	b.gauge = BeforeSuccess
	s := &sequence{base: b, table: newTable[sequenceState](b.set.MaxKeys)}
	s.table.stale = func(k *key, state *sequenceState) bool { return s.over(k, state.newest(), state.episode) }
	s.table.dropped = func(state *sequenceState) { state.episode.forget() }
	s.journal = newJournal(&s.base, s.table, s.encode, s.decode, s.episode)
	return s
}

func (s *sequence) size() (int, int64) { return s.table.len(), s.table.evicted }

func (s *sequence) saver() saver { return s.journal }

func (s *sequence) observe(ev *Event) {
	failed, qualifies := s.outcome(ev)
	if !qualifies || s.removed(ev) || s.tooLate(ev) {
		return
	}
	k := key{scope: ev.scope.id, src: ev.src}
	state, _ := s.table.touch(&k)
	state.forget(ev.scope.watermark - s.engine.lateness)
	var from, to int // the successes that the flow bears upon
	if failed {
		state.failures.add(sighting{ev.Time, attempt(ev), ev.Packets, ev.Bytes}, s.keep(), longest(s.set.Failures))
		from, to = state.since(ev.Time), state.since(ev.Time+s.window)
	} else {
		from, to = state.enter(ev)
	}
	if int64(len(state.failures.seen))+alert.MaxSamples > s.set.Failures {
		s.engine.sampled(&state.samples, ev)
	}
	for _, won := range state.successes[from:to] {
		before := state.failures.upTo(won.t, s.window)
		if s.peaks != nil {
			s.peaks.raise(&k, int64(len(before)), func() int64 { return int64(len(before)) })
		}
		if int64(len(before)) >= s.set.Failures {
			s.hold(ev, state, won, before)
		}
	}
}

// outcome tells whether the flow is an attempt on a remote service, and whether that failed.
func (s *sequence) outcome(ev *Event) (failed, qualifies bool) {
	if ev.role != Request || !overPorts(ev) || !s.ports.has(ev.DstPort) {
		return false, false
	}
	return rejected(ev), rejected(ev) || ev.accepted
}

func (s *sequence) hold(ev *Event, state *sequenceState, won success, before []sighting) {
	measure, severity := int64(len(before)), s.severity(s.Severity)
	ep, opened := s.at(&state.episode, won.t)
	status := s.judge(ep, opened, won.t, measure, severity)
	if status == "" {
		return
	}
	a := s.alert(ev, status, severity, measure)
	a.Time = won.t
	a.Threshold = s.set.Failures
	a.UID = alert.UID(s.ID, ev.scope.name, []string{ev.Src.String()}, ep.opened)
	a.Destination, a.DestinationPort, a.Transport = won.dst, won.port, won.transport
	a.Truncated = state.failures.floor(before, s.window)
	a.Samples = state.samples.list()
	reach := show(a, before)
	a.LastSeen = max(a.LastSeen, won.t)
	a.Flows++
	a.Packets += clamp(won.packets)
	a.Bytes += clamp(won.bytes)
	a.Body = s.sentence(a, reach)
	s.tell(ev, ep, a)
}

// enter keeps a success, one a second, and returns the range that holds just it.
func (s *sequenceState) enter(ev *Event) (from, to int) {
	at := s.since(ev.Time)
	if at == len(s.successes) || s.successes[at].t != ev.Time {
		if len(s.successes) == maxSuccesses {
			s.successes = s.successes[1:]
			at = max(at-1, 0)
		}
		s.successes = slices.Insert(s.successes, at, success{
			ev.Time, ev.Dst, ev.DstPort, transport(ev), ev.Packets, ev.Bytes,
		})
	}
	return at, at + 1
}

// forget drops successes before which no failure can arrive in time any more.
func (s *sequenceState) forget(before int64) {
	s.successes = s.successes[s.since(before):]
}

// since returns the place of the first success at or after t.
func (s *sequenceState) since(t int64) int {
	i, _ := slices.BinarySearchFunc(s.successes, t, func(s success, t int64) int { return int(s.t - t) })
	return i
}

func (s *sequenceState) newest() (t int64) {
	if n := len(s.failures.seen); n > 0 {
		t = s.failures.seen[n-1].t
	}
	if n := len(s.successes); n > 0 {
		t = max(t, s.successes[n-1].t)
	}
	return t
}

func (*sequence) encode(e *encoder, state *sequenceState) {
	state.failures.encode(e)
	encodeSuccesses(e, state.successes)
	encodeEpisode(e, state.episode)
	state.samples.encode(e)
}

func (s *sequence) decode(d *decoder, state *sequenceState) {
	state.failures.decode(d, longest(s.set.Failures))
	state.successes = decodeSuccesses(d)
	state.episode, state.samples = s.decodeEpisode(d), s.engine.decodeSamples(d)
}

func (*sequence) episode(state *sequenceState) *episode { return state.episode }

var eitherToInternal = []network.Class{network.ExternalToInternal, network.InternalToInternal}
