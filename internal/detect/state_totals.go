// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
)

// totals are the sums over the flows of an episode.
type totals struct {
	flows          int64
	packets, bytes uint64
}

// add adds flows, packets and bytes. Sums are capped, so that forged records cannot overflow them.
func (t *totals) add(flows int64, packets, bytes uint64) {
	t.flows += flows
	t.packets = min(t.packets+min(packets, math.MaxInt64), math.MaxInt64)
	t.bytes = min(t.bytes+min(bytes, math.MaxInt64), math.MaxInt64)
}

func (t *totals) addFlow(ev *Event) {
	t.add(1, min(ev.Packets, pane.Max), min(ev.Bytes, pane.Max))
}

// valueSet is a set of hashes in ascending order, with at most alert.MaxValues elements.
type valueSet []uint64

func (s *valueSet) add(hash uint64) {
	if at, found := slices.BinarySearch(*s, hash); !found && len(*s) < alert.MaxValues {
		*s = slices.Insert(*s, at, hash)
	}
}

func (s valueSet) has(hash uint64) bool {
	_, found := slices.BinarySearch(s, hash)
	return found
}

// growth holds the parts of an episode that only some episodes need. It is nil in the others.
type growth struct {
	values valueSet // distinct values of the flows up to the last one that met the condition
	hosts  valueSet // destinations
	most   int64    // the greatest measure of a window

	// Flows since the condition was last met. They count only if the condition is met again.
	pending         totals
	pendingValues   valueSet
	pendingHosts    valueSet
	pendingAccepted []netip.AddrPort // like accepted

	accepted []netip.AddrPort // targets of accepted flows, most recent first, at most maxTargets
}

// maxTargets is one more than the number of targets in an alert, so that an alert can say that its list is incomplete.
const maxTargets = alert.MaxList + 1

// accept notes the target of an accepted flow.
func (g *growth) accept(target netip.AddrPort) { g.accepted = withTarget(g.accepted, target) }

// withTarget moves a target to the front of the list, or adds it there and drops the last one if the list is full.
func withTarget(list []netip.AddrPort, target netip.AddrPort) []netip.AddrPort {
	at := slices.Index(list, target)
	switch {
	case at < 0 && len(list) < maxTargets:
		at = len(list)
		list = append(list, target)
	case at < 0:
		at = maxTargets - 1
	}
	copy(list[1:at+1], list[:at])
	list[0] = target
	return list
}

// ensureGrowth returns the growth of the episode, and creates it if necessary.
func (ep *episode) ensureGrowth() *growth {
	if ep.growth == nil {
		ep.growth = new(growth)
	}
	return ep.growth
}

// begin sets the totals of a new episode from its evidence. The entries have the given value. Those of a sum are only a
// sample of the evidence, and their values do not count.
func (ep *episode) begin(first int64, evidence totals, entries []timeline.Entry, value counted) {
	ep.first, ep.total = first, evidence
	if len(entries) == 0 {
		return
	}
	g := ep.ensureGrowth()
	for i := range entries {
		e := &entries[i]
		g.hosts.add(hostHash(e))
		if !value.isSample {
			g.values.add(e.Hash())
			g.most = int64(len(entries))
		}
		if e.Outcome == timeline.Accepted && value.addr == nil {
			g.accept(targetOf(e))
		}
	}
}

// addPending adds a qualifying flow at which the condition does not hold. It counts only if the condition holds again
// before the episode ends. The episode may be nil. entry may be nil if the rule does not count values.
func (b *base) addPending(ep *episode, ev *Event, entry *timeline.Entry) {
	if ep == nil {
		return
	}
	if ep.place == notQueued && ep.lastMet+b.quiet < b.horizonOf(ev) { // no flow in time can belong to it
		ep.growth = nil
		return
	}
	g := ep.ensureGrowth()
	g.pending.addFlow(ev)
	if hash := hostOf(ev); !g.hosts.has(hash) {
		g.pendingHosts.add(hash)
	}
	if ev.accepted {
		g.pendingAccepted = withTarget(g.pendingAccepted, netip.AddrPortFrom(ev.Dst, ev.DstPort))
	}
	if entry != nil {
		if hash := entry.Hash(); !g.values.has(hash) {
			g.pendingValues.add(hash)
		}
	}
}

// extend adds a flow at which the condition holds, and the pending flows, to the totals.
func (ep *episode) extend(ev *Event, entry *timeline.Entry, measure int64) {
	g := ep.extendByPending(measure)
	ep.total.addFlow(ev)
	if entry != nil {
		g.values.add(entry.Hash())
	}
	g.hosts.add(hostOf(ev))
	if ev.accepted {
		g.accept(netip.AddrPortFrom(ev.Dst, ev.DstPort))
	}
}

// extendByPending adds the pending flows to the totals when the condition holds again.
func (ep *episode) extendByPending(measure int64) *growth {
	g := ep.ensureGrowth()
	g.most = max(g.most, measure)
	ep.total.add(g.pending.flows, g.pending.packets, g.pending.bytes)
	g.pending = totals{}
	for _, hash := range g.pendingValues {
		g.values.add(hash)
	}
	for _, hash := range g.pendingHosts {
		g.hosts.add(hash)
	}
	for _, target := range slices.Backward(g.pendingAccepted) {
		g.accept(target)
	}
	g.pendingValues, g.pendingHosts, g.pendingAccepted = nil, nil, nil
	return g
}

func hostOf(ev *Event) uint64 { return hostHash(&timeline.Entry{Addr: ev.dst}) }

func hostHash(e *timeline.Entry) uint64 {
	host := timeline.Entry{Addr: e.Addr, Counted: timeline.Addr}
	return host.Hash()
}

func targetOf(e *timeline.Entry) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(e.Addr).Unmap(), e.Port)
}

// totals returns the totals of an episode in the form of an alert.
func (b *base) totals(ep *episode) alert.Totals {
	first := ep.first
	if b.measures == InEpisode {
		first = ep.opened // late flows may be earlier than the flow that opened it
	}
	t := alert.Totals{
		Flows: ep.total.flows, Packets: int64(ep.total.packets), Bytes: int64(ep.total.bytes),
		Seconds: max(0, ep.lastMet-first),
	}
	switch b.Unit {
	case alert.Bytes:
		t.Measure = t.Bytes
	case alert.Packets:
		t.Measure = t.Packets
	case alert.Flows:
		t.Measure = t.Flows
	default:
		t.Measure = ep.distinct()
	}
	return t
}

// distinct returns the number of distinct values. From alert.MaxValues on, it is a lower bound.
func (ep *episode) distinct() int64 {
	if ep.growth == nil {
		return 0
	}
	n := int64(len(ep.growth.values))
	if n == alert.MaxValues {
		n = max(n, ep.growth.most)
	}
	return n
}

// addAccepted adds the accepted targets of the episode to an alert.
func (ep *episode) addAccepted(a *alert.Alert) {
	if ep.growth == nil {
		if ep.accepted > 0 {
			a.AcceptedTargets = []netip.AddrPort{netip.AddrPortFrom(a.Destination, ep.acceptedPort)}
		}
		return
	}
	list := ep.growth.accepted
	a.AcceptedTargets = slices.Clone(list[:min(len(list), alert.MaxList)])
	a.Truncated = a.Truncated || len(list) > alert.MaxList
}
