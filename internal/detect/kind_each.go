// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// each is a kind of rule that alerts on every qualifying flow. Late flows count, too.
type each struct {
	base
	keyed[*episode]
	bytes int64 // memory of the episodes
}

// finding says why a flow qualifies.
type finding struct {
	severity  alert.Severity
	indicator netip.Addr // the address on a threat list, if any
	match     threatlist.Match
}

// listedFinding returns the finding for an address on a threat list. A severity in the list replaces the given one.
func listedFinding(a netip.Addr, match threatlist.Match, severity alert.Severity) finding {
	if match.Severity != "" {
		if own, err := alert.ParseSeverity(match.Severity); err == nil {
			severity = own
		}
	}
	return finding{severity, a, match}
}

// list returns the name of the threat list, followed by its category if it has one.
func (f finding) list() string { return f.match.List + inParentheses(f.match.Category) }

func newEach(b base) observer {
	b.measures = InEpisode
	r := &each{base: b}
	r.keyed = newKeyed(&r.base, codec[*episode]{
		encode:  func(e *encode.Encoder, ep **episode) { encodeEpisode(e, *ep) },
		decode:  r.decode,
		last:    func(ep **episode) int64 { return (*ep).lastMet },
		episode: func(ep **episode) *episode { return *ep },
	})
	r.heap = func() int64 { return r.bytes }
	dropped := r.table.Dropped
	r.table.Dropped = func(n uint32, ep **episode) {
		dropped(n, ep)
		r.bytes -= (*ep).counted
	}
	r.log.reset = func(ep **episode) {
		if *ep != nil {
			r.bytes -= (*ep).counted
		}
	}
	return r
}

func (r *each) observe(ev *Event) {
	if !r.matcher.has(ev) || r.ignored() {
		return
	}
	found := r.found(ev)
	k := r.keyOf(ev)
	slot, _ := r.table.TouchAt(k)
	former := *slot
	ep, opened := r.episodeAt(slot, ev.Time)
	if opened && former != nil {
		r.bytes -= former.counted
	}
	r.evaluate(ev, ep, opened, &found, k.Key())
	r.resize(ep)
}

// found returns why a flow qualifies. The match must have been evaluated before.
func (r *each) found(ev *Event) finding {
	severity := r.severityFor(ev)
	if now := &r.shared.current; r.matcher.listed {
		return listedFinding(now.listed, now.listedMatch, severity)
	}
	return finding{severity: severity}
}

// resize accounts for the memory of an episode, which has changed.
func (r *each) resize(ep *episode) {
	bytes := ep.bytes()
	r.bytes += bytes - ep.counted
	ep.counted = bytes
}

// evaluate adds a flow to its episode and alerts if necessary.
func (r *each) evaluate(ev *Event, ep *episode, opened bool, found *finding, k *lru.Key) {
	ep.total.addFlow(ev)
	ep.first = min(ep.first, ev.Time)
	if ev.accepted {
		ep.acceptTarget(ev, r.group.has(hasDestination))
	} else if rejected(ev) {
		ep.rejected = increment(ep.rejected)
	}
	flows := ep.total.flows
	if r.recorder != nil {
		r.recorder.Raise(k, flows, func() int64 { return flows })
	}
	a := r.nextAlert(ev, ep, opened, ev.Time, flows, r.severityOr(found.severity))
	if a == nil {
		return
	}
	a.Severity = ep.severity // the highest so far
	a.Threshold = 1
	a.Destination, a.DestinationPort, a.Transport = ev.Dst, ev.DstPort, protocolName(ev.Protocol)
	a.FirstSeen, a.LastSeen = ep.first, ep.lastMet
	a.Flows, a.Packets, a.Bytes = flows, int64(ep.total.packets), int64(ep.total.bytes)
	a.AcceptedFlows, a.RejectedFlows = int64(ep.accepted), int64(ep.rejected)
	if found.indicator.IsValid() {
		a.Indicator, a.IndicatorEntry = found.indicator, found.match.Entry
		a.Feed, a.IndicatorProvider, a.IndicatorCategory = found.match.List, found.match.List, found.match.Category
	}
	a.Samples = []alert.Sample{sampleOf(ev, r.shared.names)}
	r.emitEpisode(ev, ep, a, details{Reached: ep.accepted > 0, List: found.list()})
}

// acceptTarget counts an accepted flow and notes its target. isSingle says that all flows of the episode have the same
// destination.
func (ep *episode) acceptTarget(ev *Event, isSingle bool) {
	ep.accepted = increment(ep.accepted)
	switch {
	case !isSingle:
		ep.ensureGrowth()
	case ep.accepted == 1:
		ep.acceptedPort = ev.DstPort
	case ep.growth == nil && ep.acceptedPort != ev.DstPort:
		ep.ensureGrowth().accept(netip.AddrPortFrom(ev.Dst, ep.acceptedPort))
	}
	if ep.growth != nil {
		ep.growth.accept(netip.AddrPortFrom(ev.Dst, ev.DstPort))
	}
}

// increment adds one, unless the number would overflow.
func increment(n uint32) uint32 { return max(n, n+1) }

func (r *each) decode(d *encode.Decoder, ep **episode) {
	*ep = r.decodeEpisode(d)
	if *ep == nil {
		d.Fail()
		return
	}
	r.resize(*ep)
}
