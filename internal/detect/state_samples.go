// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// alert begins an alert about the event: all that does not depend on what kind of rule it is.
func (b *base) alert(ev *Event, status alert.Status, severity alert.Severity, measure int64) *alert.Alert {
	a := &alert.Alert{
		Status:         status,
		Severity:       severity,
		Time:           ev.Time,
		Scope:          clean(ev.scope.name),
		Account:        clean(ev.Account),
		Region:         clean(ev.Region),
		Rule:           b.ID,
		Title:          b.Title,
		Category:       b.Category,
		RulesetVersion: RulesetVersion,
		Tactic:         b.Tactic,
		Technique:      b.Technique,
		Related:        b.Related,
		Source:         ev.Src,
		Measure:        measure,
		Threshold:      b.set.Threshold,
		Unit:           b.Unit,
		Window:         b.window,
		RoleEvidence:   ev.evidence,
		VPC:            clean(ev.VPC),
		Interface:      clean(ev.Interface),
		Instance:       clean(ev.Instance),
		Impact:         b.Impact,
		Mitigation:     b.Mitigation,
	}
	switch ev.class {
	case network.ExternalToInternal:
		a.SourceCountry = b.engine.country(ev).String()
	case network.InternalToExternal:
		a.DestinationCountry = b.engine.country(ev).String()
	}
	return a
}

// samples keeps the last few flows of a key. It is made only when a key comes near its threshold, and at first for one
// flow: a flood has many keys that never have a second.
type samples struct {
	ring []alert.Sample // of alert.MaxSamples in the end
	seen int
}

func (e *Engine) sampled(into **samples, ev *Event) {
	if *into == nil {
		*into = new(samples)
	}
	s := *into
	switch {
	case s.seen >= alert.MaxSamples:
		s.ring[s.seen%alert.MaxSamples] = e.sample(ev)
	case s.seen == 1:
		s.ring = slices.Grow(s.ring, alert.MaxSamples-1)
		fallthrough
	default:
		s.ring = append(s.ring, e.sample(ev))
	}
	s.seen++
}

func (e *Engine) sample(ev *Event) alert.Sample {
	return alert.Sample{
		Source:      netip.AddrPortFrom(ev.Src, ev.SrcPort),
		Destination: netip.AddrPortFrom(ev.Dst, ev.DstPort),
		Protocol:    ev.Protocol,
		Action:      ev.Action,
		Packets:     ev.Packets,
		Bytes:       ev.Bytes,
		Time:        ev.Time,
		Interface:   e.names.intern(ev.Interface),
	}
}

// list returns a copy of the flows, most recent first.
func (s *samples) list() []alert.Sample {
	if s == nil {
		return nil
	}
	list := make([]alert.Sample, len(s.ring))
	for i := range list {
		list[i] = s.ring[(s.seen-1-i)%len(s.ring)]
	}
	return list
}

// show fills the alert with what sightings tell: their destinations and ports, totals and times.
func show(a *alert.Alert, seen []sighting) extent {
	a.FirstSeen, a.LastSeen = seen[0].t, seen[len(seen)-1].t
	a.Flows = int64(len(seen))
	hosts, ports := map[[16]byte]bool{}, map[uint16]bool{}
	for _, s := range slices.Backward(seen) {
		a.Packets += clamp(s.packets)
		a.Bytes += clamp(s.bytes)
		if v := s.value; v.addr != [16]byte{} && !hosts[v.addr] {
			hosts[v.addr] = true
			if len(hosts) <= alert.MaxList {
				a.Destinations = append(a.Destinations, netip.AddrFrom16(v.addr).Unmap())
			}
		}
		if v := s.value; v.a != 0 && !ports[v.a] {
			ports[v.a] = true
			if len(ports) <= alert.MaxList {
				a.DestinationPorts = append(a.DestinationPorts, v.a)
			}
		}
	}
	x := extent{floor: a.Truncated, hosts: len(hosts)}
	a.Truncated = a.Truncated || len(hosts) > alert.MaxList || len(ports) > alert.MaxList
	return x
}

func clamp(n uint64) int64 { return int64(min(n, most)) }

// interner keeps one copy of each name, so that a sample does not hold on to the whole batch its name came in.
type interner map[string]string

// maxNames bounds the names that are kept; beyond it all are let go and gathered again.
const maxNames = 10_000

func (n *interner) intern(name string) string {
	name = name[:min(len(name), maxName)]
	if kept, ok := (*n)[name]; ok {
		return kept
	}
	if *n == nil || len(*n) >= maxNames {
		*n = interner{}
	}
	kept := clean(name)
	(*n)[strings.Clone(name)] = kept
	return kept
}

// maxName is how much of a name is kept, in bytes. AWS's own are much shorter.
const maxName = 256

// clean copies a name for an alert, without what could forge a line or drive a terminal: whoever sends log records
// chooses the names in them.
func clean(name string) string {
	name = name[:min(len(name), maxName)]
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.Clone(name))
}
