// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// each is a rule whose condition holds at every flow that qualifies. Late flows count too: what they did, they did.
type each struct {
	base
	finding func(*Event) (finding, bool)
	port    bool // the key is source, destination and port, not the pair alone
	table   *table[*episode]
	journal *journal[*episode]
}

// finding is what makes a flow qualify.
type finding struct {
	severity  alert.Severity
	indicator netip.Addr // the address on a threat list, if that is what it was
	match     threatlist.Match
}

// listedFinding is that of an address on a threat list, whose severity goes before the rule's where it has one.
func listedFinding(a netip.Addr, match threatlist.Match, severity alert.Severity) finding {
	if own, err := alert.ParseSeverity(match.Severity); err == nil {
		severity = own
	}
	return finding{severity, a, match}
}

// list is the name of the threat list, with what it holds where that is said.
func (f finding) list() string {
	if f.match.Category == "" {
		return f.match.List
	}
	return f.match.List + " (" + f.match.Category + ")"
}

func newEach(b base, port bool, find func(*Event) (finding, bool)) observer {
	b.gauge = InEpisode
	e := &each{base: b, finding: find, port: port, table: newTable[*episode](b.set.MaxKeys)}
	e.table.dropped = func(ep **episode) { (*ep).forget() }
	e.journal = newJournal(&e.base, e.table, e.encode, e.decode, e.episode)
	return e
}

func (r *each) size() (int, int64) { return r.table.len(), r.table.evicted }

func (r *each) saver() saver { return r.journal }

func (r *each) observe(ev *Event) {
	found, ok := r.finding(ev)
	if !ok || r.removed(ev) {
		return
	}
	k := key{scope: ev.scope.id, src: ev.src, dst: ev.dst}
	if r.port {
		k.port = ev.DstPort
	}
	slot, _ := r.table.touch(&k)
	ep, opened := r.at(slot, ev.Time)
	ep.flows++
	ep.packets = min(ep.packets+min(ev.Packets, most), most)
	ep.bytes = min(ep.bytes+min(ev.Bytes, most), most)
	ep.first = min(ep.first, ev.Time)
	ep.reached = ep.reached || ev.accepted
	if r.peaks != nil {
		r.peaks.raise(&k, ep.flows, func() int64 { return ep.flows })
	}
	severity := r.severity(found.severity)
	status := r.judge(ep, opened, ev.Time, ep.flows, severity)
	if status == "" {
		return
	}
	a := r.alert(ev, status, ep.severity, ep.flows) // the gravest so far
	a.Threshold = 1
	a.Destination, a.DestinationPort, a.Transport = ev.Dst, ev.DstPort, transport(ev)
	parts := []string{ev.Src.String(), ev.Dst.String()}
	if r.port {
		parts = append(parts, portText(ev.DstPort))
	}
	a.UID = alert.UID(r.ID, ev.scope.name, parts, ep.opened)
	a.FirstSeen, a.LastSeen = ep.first, ep.lastHold
	a.Flows, a.Packets, a.Bytes = ep.flows, int64(ep.packets), int64(ep.bytes)
	if found.indicator.IsValid() {
		a.Indicator, a.IndicatorEntry = found.indicator, found.match.Entry
		a.Feed, a.IndicatorProvider = found.match.List, found.match.List
	}
	a.Samples = []alert.Sample{r.engine.sample(ev)}
	a.Body = r.sentence(a, extent{reached: ep.reached, list: found.list()})
	r.tell(ev, ep, a)
}

func (*each) encode(e *encoder, ep **episode) { encodeEpisode(e, *ep) }

func (r *each) decode(d *decoder, ep **episode) {
	*ep = r.decodeEpisode(d)
	d.bad = d.bad || *ep == nil
}

func (*each) episode(ep **episode) *episode { return *ep }
