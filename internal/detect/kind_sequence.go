// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// sequence is a kind of rule that alerts when one source has enough distinct failures in the window before a success.
// The flows may arrive in any order.
type sequence struct {
	base
	keyed[sequenceState]
	extras extras[sequenceExtra]
	value  counted // of a failure
	then   matcher // a success
	// reaches says that a success was accepted.
	reaches bool
}

// sequenceState is the state of a key. Most keys have one failure or one success, and nothing else.
type sequenceState struct {
	only  timeline.Single // the failure or, if it is marked, the success; empty if there is an extra
	extra uint32          // the number of the key's entry, or 0 if the key has no extra
}

// sequenceExtra is the state of a key that has several attempts or is near the threshold.
type sequenceExtra struct {
	failures  timeline.Timeline
	successes successes
	episode   *episode
	samples   *samples
}

func newSequence(b base) observer {
	b.measures = BeforeSuccess
	then := b.matchFor(&b.set, true)
	s := &sequence{base: b, value: b.shared.newCounted(b.count), then: b.shared.compile(&then), reaches: slices.Equal(then.Action, isAccepted)}
	s.then.requireParts(b.shared, b.group.set)
	s.keyed = newKeyed(&s.base, codec[sequenceState]{encode: s.encode, decode: s.decode, last: s.last, episode: s.episode})
	bindExtras(&s.keyed, &s.extras, (*sequenceExtra).bytes, func(state *sequenceState) *uint32 { return &state.extra })
	s.table.Stale = func(scope uint32, state *sequenceState) bool {
		return stateExpired(&s.base, scope, s.last(state), s.episode(state))
	}
	return s
}

func (s *sequence) last(state *sequenceState) int64 {
	if x := s.extras.get(state.extra); x != nil {
		return max(x.failures.Newest(), x.successes.newest())
	}
	return state.only.Newest()
}

func (s *sequence) episode(state *sequenceState) *episode {
	if x := s.extras.get(state.extra); x != nil {
		return x.episode
	}
	return nil
}

func (s *sequence) observe(ev *Event) {
	failed, qualifies := s.outcome(ev, (*matcher).has)
	if !qualifies || s.ignored() || s.tooLate(ev) {
		return
	}
	k := s.keyOf(ev)
	state, _ := s.table.TouchAt(k)
	x := s.extras.get(state.extra)
	if x == nil {
		if s.addOnly(state, ev, failed) {
			if s.recorder != nil && !failed {
				s.recorder.Raise(k.Key(), 0, func() int64 { return 0 })
			}
			return
		}
		x = s.setExtra(state, state.expand())
	}
	s.observeExtra(ev, k.Key(), x, failed)
	s.extras.resize(state.extra)
}

// observeExtra evaluates an attempt of a key with an extra.
func (s *sequence) observeExtra(ev *Event, k *lru.Key, x *sequenceExtra, failed bool) {
	x.successes.dropBefore(s.horizonOf(ev))
	var from, to int          // the successes that the flow may complete
	var entry *timeline.Entry // the failure
	if failed {
		failure := s.value.entry(ev)
		entry = &failure
		x.failures.Add(&failure, s.keep(), timelineLimit(s.set.Failures))
		from, to = x.successes.since(ev.Time), x.successes.since(ev.Time+s.window)
	} else {
		from = x.successes.add(newSuccess(ev))
		to = from + 1
	}
	if s.isNear(x.failures.Len()) {
		addSample(&x.samples, ev, s.shared.names)
	}
	fired := false
	for _, success := range x.successes[from:to] {
		measure := int64(x.failures.CountUpTo(success.t, s.window))
		if s.recorder != nil {
			s.recorder.Raise(k, measure, func() int64 { return measure })
		}
		if measure >= s.set.Failures {
			s.fire(ev, x, success, measure, entry, !fired)
			fired = true
		}
	}
	if !fired {
		s.addPending(x.episode, ev, entry)
	}
}

// isNear reports whether a number of failures is near the threshold, so that samples are needed. A success follows the
// failures and is a sample, too.
func (s *sequence) isNear(failures int) bool {
	return int64(failures)+alert.MaxSamples > s.set.Failures+1
}

// addOnly adds an attempt to a state without an extra. It does nothing and returns false if an extra is needed. A state
// without an extra never meets the condition, which needs a failure and a success.
func (s *sequence) addOnly(state *sequenceState, ev *Event, failed bool) bool {
	only := &state.only
	isSuccess := only.IsMarked()
	if isSuccess && only.Newest() < s.horizonOf(ev) {
		*only, isSuccess = timeline.Single{}, false
	}
	switch {
	case failed:
		failure := s.value.entry(ev)
		return !isSuccess && !s.isNear(1) && only.Add(&failure, s.keep())
	case only.IsEmpty():
		success := newSuccess(ev).entry()
		return only.Add(&success, 0)
	default:
		return isSuccess && only.Newest() == ev.Time // one success per second is kept
	}
}

// expand returns the state as an extra.
func (state *sequenceState) expand() (x sequenceExtra) {
	switch {
	case state.only.IsEmpty():
	case state.only.IsMarked():
		success := state.only.Entry()
		x.successes = successes{successOf(&success)}
	default:
		x.failures = state.only.Timeline()
	}
	return x
}

// setExtra gives the key that was touched last an extra.
func (s *sequence) setExtra(state *sequenceState, x sequenceExtra) *sequenceExtra {
	*state = sequenceState{extra: s.table.Newest()}
	return s.extras.put(state.extra, x)
}

// bytes returns the memory of what the extra points to.
func (x *sequenceExtra) bytes() int64 {
	return int64(x.failures.Bytes()) + x.successes.bytes() + x.episode.bytes() + x.samples.bytes()
}

// outcome reports whether the flow is an attempt, and whether the attempt failed.
func (s *sequence) outcome(ev *Event, has func(*matcher, *Event) bool) (failed, qualifies bool) {
	failed = has(&s.matcher, ev)
	return failed, failed || has(&s.then, ev)
}

func (s *sequence) judges(class network.Class) bool {
	return s.matcher.judges(class) || s.then.judges(class)
}

func (s *sequence) evaluates(class network.Class) bool {
	return s.matcher.evaluates(class) || s.then.evaluates(class)
}

// fire handles a success that has enough failures before it since the current flow. isFirst marks the first of these
// successes. entry is the failure if the flow is one, or else nil.
func (s *sequence) fire(
	ev *Event, x *sequenceExtra, success success, measure int64, entry *timeline.Entry, isFirst bool,
) {
	ep, opened := s.episodeAt(&x.episode, success.t)
	if !opened && isFirst {
		ep.extend(ev, entry, measure)
	}
	reached := netip.AddrPortFrom(success.dst, success.port)
	a := s.nextAlert(ev, ep, opened, success.t, measure, s.severityOr(s.Severity))
	if a == nil {
		s.reach(ep, reached)
		return
	}
	before := x.failures.WindowUpTo(success.t, s.window)
	if opened {
		evidence := sumOf(before)
		evidence.add(1, min(success.packets, pane.Max), min(success.bytes, pane.Max))
		ep.begin(before[0].T, evidence, before, s.value)
	}
	s.reach(ep, reached)
	a.Threshold = s.set.Failures
	a.Truncated = x.failures.IsLowerBound(before, s.window)
	a.Samples = x.samples.since(success.t - s.window + 1)
	d := s.value.addEntries(a, before)
	s.addKey(ev, a)
	a.Destination, a.DestinationPort, a.Transport = success.dst, success.port, protocolName(success.protocol)
	a.LastSeen = max(a.LastSeen, success.t)
	a.Flows++
	if s.reaches {
		a.AcceptedFlows++
	}
	a.Packets += clamp(success.packets)
	a.Bytes += clamp(success.bytes)
	s.emitEpisode(ev, ep, a, d)
}

// reach notes the target of a success.
func (s *sequence) reach(ep *episode, target netip.AddrPort) {
	if s.reaches {
		ep.ensureGrowth().accept(target)
	}
}

func (s *sequence) encode(e *encode.Encoder, state *sequenceState) {
	x := s.extras.get(state.extra)
	if x == nil {
		expanded := state.expand()
		x = &expanded
	}
	x.failures.Encode(e)
	x.successes.encode(e)
	encodeEpisode(e, x.episode)
	x.samples.encode(e)
}

func (s *sequence) decode(d *encode.Decoder, state *sequenceState) {
	var x sequenceExtra
	x.failures.Decode(d, s.value.parts, timelineLimit(s.set.Failures))
	x.successes = decodeSuccesses(d)
	x.episode, x.samples = s.decodeEpisode(d), decodeSamples(d, s.shared.names)
	only, ok := x.single()
	if ok {
		state.only = only
		s.extras.remove(s.table.Newest())
		return
	}
	s.setExtra(state, x)
}

// single returns the state as one attempt, if that is all there is.
func (x *sequenceExtra) single() (only timeline.Single, ok bool) {
	if x.episode != nil || x.samples != nil || len(x.successes) > 1 || len(x.successes) == 1 && x.failures.Len() > 0 {
		return only, false
	}
	if len(x.successes) == 1 {
		success := x.successes[0].entry()
		ok = only.Add(&success, 0)
		return only, ok
	}
	return x.failures.Single()
}
