// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/alert"

// distinct is a window rule that counts distinct values for each key.
type distinct struct {
	base
	qualifies func(*Event) bool
	value     func(*Event) value
	pair      bool // the key is source and destination, not the source alone
	table     *table[distinctState]
	journal   *journal[distinctState]
}

type distinctState struct {
	line    timeline
	episode *episode
	samples *samples
}

func newDistinct(b base, pair bool, value func(*Event) value, qualifies func(*Event) bool) observer {
	d := &distinct{base: b, qualifies: qualifies, value: value, pair: pair, table: newTable[distinctState](b.set.MaxKeys)}
	d.table.stale = func(k *key, s *distinctState) bool {
		return d.over(k, s.line.seen[len(s.line.seen)-1].t, s.episode)
	}
	d.table.dropped = func(s *distinctState) { s.episode.forget() }
	d.journal = newJournal(&d.base, d.table, d.encode, d.decode, d.episode)
	return d
}

func (d *distinct) size() (int, int64) { return d.table.len(), d.table.evicted }

func (d *distinct) saver() saver { return d.journal }

func (d *distinct) observe(ev *Event) {
	if !d.qualifies(ev) || d.removed(ev) || d.tooLate(ev) {
		return
	}
	k := key{scope: ev.scope.id, src: ev.src}
	if d.pair {
		k.dst = ev.dst
	}
	state, _ := d.table.touch(&k)
	state.line.add(sighting{ev.Time, d.value(ev), ev.Packets, ev.Bytes}, d.keep(), longest(d.set.Threshold))
	known := int64(len(state.line.seen))
	if d.peaks != nil {
		d.peaks.raise(&k, known, func() int64 { return int64(len(state.line.best(ev.Time, d.window))) })
	}
	if known+alert.MaxSamples > d.set.Threshold {
		d.engine.sampled(&state.samples, ev)
	}
	if known < d.set.Threshold {
		return
	}
	if window := state.line.best(ev.Time, d.window); int64(len(window)) >= d.set.Threshold {
		d.hold(ev, state, window)
	}
}

func (d *distinct) hold(ev *Event, state *distinctState, window []sighting) {
	measure, severity := int64(len(window)), d.severity(d.Severity)
	ep, opened := d.at(&state.episode, ev.Time)
	status := d.judge(ep, opened, ev.Time, measure, severity)
	if status == "" {
		return
	}
	a := d.alert(ev, status, severity, measure)
	parts := []string{ev.Src.String()}
	if d.pair {
		a.Destination = ev.Dst
		parts = append(parts, ev.Dst.String())
	}
	a.UID = alert.UID(d.ID, ev.scope.name, parts, ep.opened)
	a.Truncated = state.line.floor(window, d.window)
	a.Samples = state.samples.list()
	a.Body = d.sentence(a, show(a, window))
	d.tell(ev, ep, a)
}

func (*distinct) encode(e *encoder, s *distinctState) {
	s.line.encode(e)
	encodeEpisode(e, s.episode)
	s.samples.encode(e)
}

func (d *distinct) decode(from *decoder, s *distinctState) {
	s.line.decode(from, longest(d.set.Threshold))
	s.episode, s.samples = d.decodeEpisode(from), d.engine.decodeSamples(from)
	from.bad = from.bad || len(s.line.seen) == 0
}

func (*distinct) episode(s *distinctState) *episode { return s.episode }

// longest is how many sightings a timeline may hold: enough to see an episode grow tenfold.
func longest(threshold int64) int { return int(max(12*min(threshold, most), 256)) }

// Values that rules count.

func destinationPort(ev *Event) value { return value{a: ev.DstPort} }

func destination(ev *Event) value { return value{addr: ev.dst} }

func destinationService(ev *Event) value {
	return value{addr: ev.dst, a: ev.DstPort, b: uint16(ev.Protocol)}
}

func attempt(ev *Event) value { return value{addr: ev.dst, a: ev.DstPort, b: ev.SrcPort} }
