// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// each is a kind of rule whose condition holds at every qualifying flow. Late flows count, too.
type each struct {
	base
	keyed[*episode]
	find  func(*Event) (finding, bool)
	group grouping
}

// finding is why a flow qualifies.
type finding struct {
	severity  alert.Severity
	indicator netip.Addr // the address on a threat list, if any
	match     threatlist.Match
}

// listedFinding returns the finding for an address on a threat list. A severity in the list replaces the given one.
func listedFinding(a netip.Addr, match threatlist.Match, severity alert.Severity) finding {
	if own, err := alert.ParseSeverity(match.Severity); err == nil {
		severity = own
	}
	return finding{severity, a, match}
}

// list returns the name of the threat list, followed by its category if it has one.
func (f finding) list() string { return f.match.List + inParentheses(f.match.Category) }

func newEach(b base, g grouping, find func(*Event) (finding, bool)) observer {
	b.measures = InEpisode
	r := &each{base: b, find: find, group: g}
	r.keyed = newKeyed(&r.base, codec[*episode]{
		encode:  func(e *encode.Encoder, ep **episode) { encodeEpisode(e, *ep) },
		decode:  r.decode,
		episode: func(ep **episode) *episode { return *ep },
	})
	return r
}

func (r *each) observe(ev *Event) {
	found, ok := r.find(ev)
	if !ok || r.ignored(ev) {
		return
	}
	k := r.group.key(ev)
	slot, _ := r.table.Touch(&k)
	ep, opened := r.episodeAt(slot, ev.Time)
	ep.flows++
	ep.packets = min(ep.packets+min(ev.Packets, pane.Max), pane.Max)
	ep.bytes = min(ep.bytes+min(ev.Bytes, pane.Max), pane.Max)
	ep.first = min(ep.first, ev.Time)
	ep.reached = ep.reached || ev.accepted
	if r.recorder != nil {
		r.recorder.Raise(&k, ep.flows, func() int64 { return ep.flows })
	}
	a := r.nextAlert(ev, ep, opened, ev.Time, ep.flows, r.severityOr(found.severity))
	if a == nil {
		return
	}
	a.Severity = ep.severity // the highest so far
	a.Threshold = 1
	a.Destination, a.DestinationPort, a.Transport = ev.Dst, ev.DstPort, protocolName(ev.Protocol)
	a.FirstSeen, a.LastSeen = ep.first, ep.lastHold
	a.Flows, a.Packets, a.Bytes = ep.flows, int64(ep.packets), int64(ep.bytes)
	if found.indicator.IsValid() {
		a.Indicator, a.IndicatorEntry = found.indicator, found.match.Entry
		a.Feed, a.IndicatorProvider = found.match.List, found.match.List
	}
	a.Samples = []alert.Sample{sampleOf(ev, r.shared.names)}
	r.emitEpisode(ev, ep, a, r.group.text(ev), details{reached: ep.reached, list: found.list()})
}

func (r *each) decode(d *encode.Decoder, ep **episode) {
	*ep = r.decodeEpisode(d)
	if *ep == nil {
		d.Fail()
	}
}
