// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/json"
	"math"
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// What the values of tables are made of, written and read.

func (l *timeline) encode(e *encoder) {
	e.int(l.lost)
	e.uint(uint64(len(l.seen)))
	before := int64(0)
	for i := range l.seen {
		s := &l.seen[i]
		e.uint(uint64(s.t - before))
		before = s.t
		e.address(s.value.addr)
		e.uint(uint64(s.value.a))
		e.uint(uint64(s.value.b))
		e.uint(s.packets)
		e.uint(s.bytes)
	}
}

// decode reads a timeline into an empty one. Of more sightings than the limit the oldest go.
func (l *timeline) decode(d *decoder, limit int) {
	l.lost = d.int()
	n := d.count()
	t := int64(0)
	for i := range n {
		t += int64(d.upTo(math.MaxInt32))
		s := sighting{t: t, value: value{d.address(), d.port(), d.port()}, packets: d.uint(), bytes: d.uint()}
		if i < n-limit {
			l.lost = max(l.lost, t)
			continue
		}
		l.seen = append(l.seen, s)
	}
	l.search()
}

func (p *panes) encode(e *encoder) {
	e.uint(uint64(len(p.list)))
	before := int64(0)
	for _, pane := range p.list {
		e.uint(uint64(pane.t - before))
		before = pane.t
		e.int(pane.flows)
		e.uint(pane.weight)
		e.uint(pane.other)
	}
}

func (p *panes) decode(d *decoder) {
	t := int64(0)
	for range d.count() {
		t += int64(d.upTo(math.MaxInt32))
		p.list = append(p.list, pane{t, d.int(), d.upTo(most), d.uint()})
		p.total += p.list[len(p.list)-1].weight
	}
}

func encodeSuccesses(e *encoder, list []success) {
	e.uint(uint64(len(list)))
	before := int64(0)
	for i := range list {
		s := &list[i]
		e.uint(uint64(s.t - before))
		before = s.t
		e.addr(s.dst)
		e.uint(uint64(s.port))
		e.text(s.transport)
		e.uint(s.packets)
		e.uint(s.bytes)
	}
}

func decodeSuccesses(d *decoder) (list []success) {
	t := int64(0)
	for range d.count() {
		t += int64(d.upTo(math.MaxInt32))
		list = append(list, success{t, d.addr(), d.port(), d.text(), d.uint(), d.uint()})
	}
	return list
}

func (s *samples) encode(e *encoder) {
	if s == nil {
		e.uint(0)
		return
	}
	e.uint(uint64(s.seen))
	for i := range s.ring {
		f := &s.ring[i]
		e.addr(f.Source.Addr())
		e.addr(f.Destination.Addr())
		e.uint(uint64(f.Source.Port()))
		e.uint(uint64(f.Destination.Port()))
		e.uint(uint64(f.Protocol))
		e.uint(uint64(f.Action))
		e.int(f.Time)
		e.uint(f.Packets)
		e.uint(f.Bytes)
		e.text(f.Interface)
	}
}

func (e *Engine) decodeSamples(d *decoder) *samples {
	seen := int(d.upTo(math.MaxInt64))
	if seen == 0 {
		return nil
	}
	s := &samples{seen: seen}
	s.ring = make([]alert.Sample, min(s.seen, alert.MaxSamples))
	for i := range s.ring {
		src, dst, srcPort, dstPort := d.addr(), d.addr(), d.port(), d.port()
		s.ring[i] = alert.Sample{
			Source: netip.AddrPortFrom(src, srcPort), Destination: netip.AddrPortFrom(dst, dstPort),
			Protocol: uint8(d.upTo(math.MaxUint8)), Action: flow.Action(d.upTo(numActions - 1)),
			Time: d.int(), Packets: d.uint(), Bytes: d.uint(), Interface: e.names.intern(d.text()),
		}
	}
	return s
}

// end is what is to become of an episode with emit_resolved.
type end uint8

const (
	untold  end = iota // it is not waited for
	awaited            // it is to be told
	told               // it has been told
	numEnds
)

// encodeEpisode writes a key's episode, or none, and the older ones that still wait for their end.
func encodeEpisode(e *encoder, ep *episode) {
	n := 0
	for each := ep; each != nil && (n == 0 || each.waiting()); each = each.older {
		n++
	}
	e.uint(uint64(n))
	for ; n > 0; n-- {
		ep.encode(e)
		ep = ep.older
	}
}

func (ep *episode) encode(e *encoder) {
	for _, t := range []int64{ep.opened, ep.lastHold, ep.lastTold, ep.lastMeasure, ep.flows, ep.first} {
		e.int(t)
	}
	e.uint(uint64(ep.severity))
	e.uint(ep.packets)
	e.uint(ep.bytes)
	e.bool(ep.reached)
	switch {
	case ep.last == nil:
		e.uint(uint64(untold))
	case ep.place == notQueued:
		e.uint(uint64(told))
	default:
		e.uint(uint64(awaited))
		e.uint(ep.number)
		e.int(ep.scope.watermark)
		e.text(dynamic(ep.last))
	}
}

// decodeEpisode reads what encodeEpisode wrote. Those that wait are queued by await, when all has been read.
func (b *base) decodeEpisode(d *decoder) (newest *episode) {
	slot := &newest
	for range d.count() {
		ep := &episode{place: notQueued}
		for _, t := range []*int64{&ep.opened, &ep.lastHold, &ep.lastTold, &ep.lastMeasure, &ep.flows, &ep.first} {
			*t = d.int()
		}
		ep.severity = alert.Severity(d.upTo(math.MaxUint8))
		ep.packets, ep.bytes, ep.reached = d.uint(), d.uint(), d.bool()
		switch end(d.upTo(uint64(numEnds - 1))) {
		case untold:
		case told:
			ep.last = &alert.Alert{} // of which nothing will be asked
		case awaited:
			ep.number, ep.due = d.uint(), d.int()
			ep.last = b.restored(d)
			ep.rule = b
		}
		*slot = ep
		slot = &ep.older
	}
	return newest
}

// dynamic writes an alert without what the rule says of itself. There are few, and they have many fields: JSON will do.
func dynamic(a *alert.Alert) string {
	said := *a
	said.Title, said.Category, said.Tactic, said.Technique, said.Related = "", "", alert.Tactic{}, alert.Technique{}, nil
	said.Impact, said.Mitigation = "", ""
	text, err := json.Marshal(said)
	if err != nil {
		return "" // cannot be, and would be read as damage
	}
	return string(text)
}

func (b *base) restored(d *decoder) *alert.Alert {
	a := new(alert.Alert)
	if err := json.Unmarshal([]byte(d.text()), a); err != nil {
		d.fail()
	}
	a.Title, a.Category, a.Tactic, a.Technique, a.Related = b.Title, b.Category, b.Tactic, b.Technique, b.Related
	a.Impact, a.Mitigation, a.RulesetVersion = b.Impact, b.Mitigation, RulesetVersion
	return a
}

// await puts restored episodes into their scope's queue. One whose end should have been told by now had it told if the
// watermark has moved since the key was last touched; else it is a late flow's, and told when it next moves. Until here,
// due is the watermark of that time.
func (b *base) await(k *key, ep *episode) {
	s := b.engine.scopes.byID[k.scope]
	for ; ep != nil; ep = ep.older {
		switch {
		case ep.rule == nil: // it does not wait
		case !b.engine.emitResolved:
			ep.last = nil
		case s != nil && (b.dueAt(ep) >= s.watermark || ep.due == s.watermark):
			ep.scope, ep.due = s, b.dueAt(ep)
			b.engine.episodes = max(b.engine.episodes, ep.number)
			s.due.enter(ep)
		}
	}
}
