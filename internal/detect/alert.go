// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// nextAlert returns the alert for a condition that holds at t, or nil if the episode needs no further alert. The caller
// adds the evidence and passes the alert to emitEpisode.
func (b *base) nextAlert(ev *Event, ep *episode, opened bool, t, measure int64, severity alert.Severity) *alert.Alert {
	status := b.nextStatus(ep, opened, t, measure, severity)
	if status == "" {
		return nil
	}
	a := b.newAlert(ev, status, severity, measure)
	a.Time = t
	return a
}

// emitEpisode completes an alert of an episode and emits it.
func (b *base) emitEpisode(ev *Event, ep *episode, a *alert.Alert, d details) {
	d.Internal = ev.class != network.ExternalToInternal
	d.Key = b.shownKey(ev)
	if a.Status != alert.Opened {
		a.Episode = b.totals(ep)
	}
	ep.addAccepted(a)
	b.emit(ev, a, ep.opened, d)
	b.alerted(ev, ep, a, d)
}

// addKey replaces the lists of an alert by what the key says.
func (b *base) addKey(ev *Event, a *alert.Alert) {
	if b.group.has(hasDestination) {
		a.Destination, a.Destinations = ev.Dst, nil
	}
	if !b.group.has(hasSource) {
		a.Source = netip.Addr{}
	}
	if !b.group.has(hasSource | hasCountry) {
		a.SourceCountry = ""
	}
	if b.group.has(hasPort) {
		a.DestinationPort, a.DestinationPorts = ev.DstPort, nil
	}
	if b.group.has(hasProtocol) || b.group.has(hasPort) && (len(b.match.Outcome) > 0 || len(b.match.Protocol) == 1) {
		a.Transport = protocolName(ev.Protocol)
	}
}

// shownKey returns the parts of the key for the sentence of a custom rule.
func (b *base) shownKey(ev *Event) []string {
	if !b.isCustom {
		return nil
	}
	key := b.keyText(ev)
	for i := range key {
		key[i] = names.Clean(key[i])
	}
	return key
}

// emit adds the uid to an alert, counts it and emits it.
func (b *base) emit(ev *Event, a *alert.Alert, opened int64, d details) {
	a.UID = alert.UID(b.ID, ev.scope.name, b.keyText(ev), opened)
	if b.group.has(hasSourcePort) {
		a.SourcePort = ev.SrcPort
	}
	if b.group.has(hasInterface) {
		a.Interface = names.Clean(ev.Interface)
	}
	if b.group.has(hasVPC) {
		a.VPC = names.Clean(ev.VPC)
	}
	b.stats.countAlert(a)
	b.shared.emitNow(b, a, d)
}

// newAlert returns an alert with all fields that do not depend on the kind of the rule.
func (b *base) newAlert(ev *Event, status alert.Status, severity alert.Severity, measure int64) *alert.Alert {
	a := &alert.Alert{
		Status:            status,
		Severity:          severity,
		Time:              ev.Time,
		Scope:             names.Clean(ev.scope.name),
		Account:           names.Clean(ev.Account),
		Region:            names.Clean(ev.Region),
		Ruleset:           b.ruleset(),
		Rule:              b.ID,
		Title:             b.Title,
		Category:          b.Category,
		RulesetVersion:    b.rulesetVersion(),
		Tactic:            b.mitre.Tactic,
		Technique:         b.mitre.Technique,
		RelatedTechniques: b.mitre.Related,
		Source:            ev.Src,
		Measure:           measure,
		Threshold:         b.set.Threshold,
		Unit:              b.Unit,
		Window:            b.window,
		RoleEvidence:      ev.evidence,
		Impact:            b.Impact,
		Mitigation:        b.Mitigation,
		DryRun:            b.set.DryRun,
	}
	switch ev.class {
	case network.ExternalToInternal:
		a.SourceCountry = b.shared.country(ev).String()
	case network.InternalToExternal:
		a.DestinationCountry = b.shared.country(ev).String()
	}
	return a
}

// addEntries adds destinations, ports, outcomes, totals and times of the entries to the alert. There must be an entry.
func (c *counted) addEntries(a *alert.Alert, entries []timeline.Entry) details {
	a.FirstSeen, a.LastSeen = entries[0].T, entries[len(entries)-1].T
	for i := range entries {
		switch entries[i].Outcome {
		case timeline.Accepted:
			a.AcceptedFlows++
		case timeline.Rejected:
			a.RejectedFlows++
		default:
		}
	}
	sum := sumOf(entries)
	a.Flows, a.Packets, a.Bytes = sum.flows, int64(sum.packets), int64(sum.bytes)
	d := addTargets(a, entries)
	if c.sources {
		a.Sources = a.Destinations
	}
	if c.addr != nil {
		a.Destinations, d.Hosts, d.Top = nil, 0, netip.Addr{}
	}
	return d
}

// addTargets adds the destinations and ports of the entries to the alert.
func addTargets(a *alert.Alert, entries []timeline.Entry) details {
	hosts, ports := map[[16]byte]int{}, map[uint16]bool{}
	var top [16]byte // the destination with the most entries; of equals, the most recent
	for i := range slices.Backward(entries) {
		host, port := entries[i].Addr, entries[i].Port
		hosts[host]++
		if hosts[host] == 1 && len(hosts) <= alert.MaxList {
			a.Destinations = append(a.Destinations, netip.AddrFrom16(host).Unmap())
		}
		if port != 0 && !ports[port] {
			ports[port] = true
			if len(ports) <= alert.MaxList {
				a.DestinationPorts = append(a.DestinationPorts, port)
			}
		}
	}
	for i := range slices.Backward(entries) {
		if hosts[entries[i].Addr] > hosts[top] {
			top = entries[i].Addr
		}
	}
	d := details{LowerBound: a.Truncated, Hosts: len(hosts)}
	if len(entries) > 0 {
		d.Top = netip.AddrFrom16(top).Unmap()
	}
	a.Truncated = a.Truncated || len(hosts) > alert.MaxList || len(ports) > alert.MaxList
	return d
}

func sumOf(entries []timeline.Entry) (sum totals) {
	for i := range entries {
		sum.add(1, min(entries[i].Packets, pane.Max), min(entries[i].Bytes, pane.Max))
	}
	return sum
}

// clamp converts a number of packets or bytes. It caps the number at pane.Max, which no real record exceeds.
func clamp(n uint64) int64 { return int64(min(n, pane.Max)) }

func protocolName(number uint8) string {
	return cmp.Or(flow.ProtocolName(number), strconv.Itoa(int(number)))
}
