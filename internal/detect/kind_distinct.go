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
	qualifies func(*Event) bool
	value     counted
	group     grouping
}

type distinctState struct {
	timeline timeline.Timeline
	episode  *episode
	samples  *samples
}

func newDistinct(b base, g grouping, value counted, qualifies func(*Event) bool) observer {
	d := &distinct{base: b, qualifies: qualifies, value: value, group: g}
	d.keyed = newKeyed(&d.base, codec[distinctState]{
		encode:  d.encode,
		decode:  d.decode,
		episode: func(s *distinctState) *episode { return s.episode },
	})
	d.table.Stale = func(k *lru.Key, s *distinctState) bool {
		return stateExpired(&d.base, k, s.timeline.Newest(), s.episode)
	}
	return d
}

func (d *distinct) observe(ev *Event) {
	if !d.qualifies(ev) || d.ignored() || d.tooLate(ev) {
		return
	}
	k := d.group.key(ev)
	state, _ := d.table.Touch(&k)
	entry := d.value.entry(ev)
	state.timeline.Add(&entry, d.keep(), timelineLimit(d.set.Threshold))
	known := int64(state.timeline.Len())
	if d.recorder != nil {
		d.recorder.Raise(&k, known, func() int64 { return int64(len(state.timeline.FullestWindow(ev.Time, d.window))) })
	}
	if known+alert.MaxSamples > d.set.Threshold {
		addSample(&state.samples, ev, d.shared.names)
	}
	if known >= d.set.Threshold {
		if window := state.timeline.FullestWindow(ev.Time, d.window); int64(len(window)) >= d.set.Threshold {
			d.fire(ev, state, window, &entry)
			return
		}
	}
	d.addPending(state.episode, ev, &entry)
}

// fire handles a flow that meets the condition.
func (d *distinct) fire(ev *Event, state *distinctState, window []timeline.Entry, entry *timeline.Entry) {
	measure := int64(len(window))
	ep, opened := d.episodeAt(&state.episode, ev.Time)
	if opened {
		ep.begin(window[0].T, sumOf(window), window, true)
	} else {
		ep.extend(ev, entry, measure)
	}
	a := d.nextAlert(ev, ep, opened, ev.Time, measure, d.severityOr(d.Severity))
	if a == nil {
		return
	}
	a.Truncated = state.timeline.IsLowerBound(window, d.window)
	a.Samples = state.samples.list()
	details := addEntries(a, window)
	if d.group >= byPair {
		a.Destination, a.Destinations = ev.Dst, nil
	}
	d.emitEpisode(ev, ep, a, d.group.text(ev), details)
}

func (*distinct) encode(e *encode.Encoder, s *distinctState) {
	s.timeline.Encode(e)
	encodeEpisode(e, s.episode)
	s.samples.encode(e)
}

func (d *distinct) decode(from *encode.Decoder, s *distinctState) {
	s.timeline.Decode(from, d.value.parts, timelineLimit(d.set.Threshold))
	s.episode, s.samples = d.decodeEpisode(from), decodeSamples(from, d.shared.names)
	if s.timeline.Len() == 0 {
		from.Fail()
	}
}
