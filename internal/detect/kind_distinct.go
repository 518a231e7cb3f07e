// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
)

// distinct is a kind of rule that counts distinct values per key in a sliding window.
type distinct struct {
	base
	keyed[distinctState]
	extras extras[distinctExtra]
	value  counted
}

// distinctState is the state of a key. Most keys have one value and nothing else.
type distinctState struct {
	only  timeline.Single // empty if there is an extra
	extra uint32          // the number of the key's entry, or 0 if the key has no extra
}

// distinctExtra is the state of a key that has several values or is near the threshold.
type distinctExtra struct {
	timeline timeline.Timeline
	episode  *episode
	samples  *samples
}

func newDistinct(b base) observer {
	d := &distinct{base: b, value: b.shared.newCounted(b.count)}
	if b.interval > 0 {
		d.value = countedIntervals(b.interval)
	}
	d.keyed = newKeyed(&d.base, codec[distinctState]{encode: d.encode, decode: d.decode, last: d.last, episode: d.episode})
	bindExtras(&d.keyed, &d.extras, (*distinctExtra).bytes, func(s *distinctState) *uint32 { return &s.extra })
	d.table.Stale = func(scope uint32, s *distinctState) bool {
		return stateExpired(&d.base, scope, d.last(s), d.episode(s))
	}
	return d
}

func (d *distinct) last(s *distinctState) int64 {
	if x := d.extras.get(s.extra); x != nil {
		return x.timeline.Newest()
	}
	return s.only.Newest()
}

func (d *distinct) episode(s *distinctState) *episode {
	if x := d.extras.get(s.extra); x != nil {
		return x.episode
	}
	return nil
}

func (d *distinct) observe(ev *Event) {
	if !d.matcher.has(ev) || d.ignored() || d.tooLate(ev) {
		return
	}
	k := d.keyOf(ev)
	state, _ := d.table.TouchAt(k)
	entry := d.value.entry(ev)
	x := d.add(state, &entry)
	if x == nil {
		if d.recorder != nil {
			d.recorder.Raise(k.Key(), 1, func() int64 { return int64(len(state.only.FullestWindow(ev.Time, d.window))) })
		}
		return
	}
	d.observeExtra(ev, k.Key(), x, &entry)
	d.extras.resize(state.extra)
}

// observeExtra evaluates a flow that was added to the extra of its key.
func (d *distinct) observeExtra(ev *Event, k *lru.Key, x *distinctExtra, entry *timeline.Entry) {
	known := int64(x.timeline.Len())
	if d.recorder != nil {
		d.recorder.Raise(k, known, func() int64 { return int64(x.timeline.CountFullest(ev.Time, d.window)) })
	}
	if d.isNear(known) {
		addSample(&x.samples, ev, d.shared.names)
	}
	if known >= d.set.Threshold {
		if measure := int64(x.timeline.CountFullest(ev.Time, d.window)); measure >= d.set.Threshold {
			d.fire(ev, x, measure, entry)
			return
		}
	}
	d.addPending(x.episode, ev, entry)
}

// add adds an entry to the state of the key that was touched last. It returns nil if the key needs no extra.
func (d *distinct) add(state *distinctState, entry *timeline.Entry) *distinctExtra {
	x := d.extras.get(state.extra)
	if x == nil {
		added := state.only.Add(entry, d.keep())
		if added && !d.isNear(1) {
			return nil
		}
		x = d.setExtra(state, distinctExtra{timeline: state.only.Timeline()})
		if added {
			return x
		}
	}
	x.timeline.Add(entry, d.keep(), timelineLimit(d.set.Threshold))
	return x
}

// setExtra gives the key that was touched last an extra.
func (d *distinct) setExtra(state *distinctState, x distinctExtra) *distinctExtra {
	*state = distinctState{extra: d.table.Newest()}
	return d.extras.put(state.extra, x)
}

// bytes returns the memory of what the extra points to.
func (x *distinctExtra) bytes() int64 {
	return int64(x.timeline.Bytes()) + x.episode.bytes() + x.samples.bytes()
}

// isNear reports whether a number of values is near the threshold, so that samples are needed.
func (d *distinct) isNear(values int64) bool { return values+alert.MaxSamples > d.set.Threshold }

// fire handles a flow that meets the condition.
func (d *distinct) fire(ev *Event, x *distinctExtra, measure int64, entry *timeline.Entry) {
	ep, opened := d.episodeAt(&x.episode, ev.Time)
	if !opened {
		ep.extend(ev, entry, measure)
	}
	a := d.nextAlert(ev, ep, opened, ev.Time, measure, d.severityOr(d.Severity))
	if a == nil {
		return
	}
	window := x.timeline.FullestWindow(ev.Time, d.window)
	if opened {
		ep.begin(window[0].T, sumOf(window), window, d.value)
	}
	a.Truncated = x.timeline.IsLowerBound(window, d.window)
	a.Samples = x.samples.since(window[len(window)-1].T - d.window + 1)
	details := d.value.addEntries(a, window)
	d.addKey(ev, a)
	d.emitEpisode(ev, ep, a, details)
}

func (d *distinct) encode(e *encode.Encoder, s *distinctState) {
	x := d.extras.get(s.extra)
	if x == nil {
		s.only.Encode(e)
		x = new(distinctExtra)
	} else {
		x.timeline.Encode(e)
	}
	encodeEpisode(e, x.episode)
	x.samples.encode(e)
}

func (d *distinct) decode(from *encode.Decoder, s *distinctState) {
	var x distinctExtra
	x.timeline.Decode(from, d.value.parts, timelineLimit(d.set.Threshold))
	x.episode, x.samples = d.decodeEpisode(from), decodeSamples(from, d.shared.names)
	if x.timeline.Len() == 0 {
		from.Fail()
	}
	if single, ok := x.timeline.Single(); ok && x.episode == nil && x.samples == nil {
		s.only = single
		d.extras.remove(d.table.Newest())
		return
	}
	d.setExtra(s, x)
}
