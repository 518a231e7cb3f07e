// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/portset"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// matcher is a compiled Match. Every rule asks it about every flow of its classes, so most matches are one AND and two
// look-ups in bit sets.
type matcher struct {
	kinds     kindSet
	protocols *[4]uint64   // one bit for each protocol; nil means all
	ports     *portset.Set // nil means all
	// conditions need more than the event itself, or are rare.
	conditions []func(*Event) bool
	// listed says that a match leaves the entry of a threat list in shared.current.
	listed bool
}

// has reports whether the event matches.
func (m *matcher) has(ev *Event) bool {
	if !m.mayHave(ev) {
		return false
	}
	for _, holds := range m.conditions {
		if !holds(ev) {
			return false
		}
	}
	return true
}

// mayHave is has without the conditions. It uses nothing but the event.
func (m *matcher) mayHave(ev *Event) bool {
	return m.kinds&ev.kind != 0 &&
		(m.protocols == nil || m.protocols[ev.Protocol>>6]&(1<<(ev.Protocol&63)) != 0) &&
		(m.ports == nil || m.ports.Has(ev.DstPort))
}

// evaluates reports whether flows of the class can match.
func (m *matcher) evaluates(class network.Class) bool { return m.kinds&kindsOf(class) != 0 }

// judges reports whether judged attempts of the class can match.
func (m *matcher) judges(class network.Class) bool { return m.kinds&judgedKindsOf(class) != 0 }

// compile returns the matcher of a match.
func (s *shared) compile(m *Match) matcher {
	compiled := s.compilePart(m, m.kinds(true))
	compiled.addList(s, m.SourceList, func(ev *Event) netip.Addr { return ev.Src })
	compiled.addList(s, m.DestinationList, func(ev *Event) netip.Addr { return ev.Dst })
	return compiled
}

// compilePart returns a matcher without the threat lists.
func (s *shared) compilePart(m *Match, kinds kindSet) matcher {
	compiled := matcher{kinds: kinds, protocols: protocolsOf(m.Protocol), ports: portsOf(m.Port)}
	for _, holds := range s.conditions(m) {
		compiled.require(holds)
	}
	if m.Not != nil {
		compiled.exclude(s, m.Not)
	}
	return compiled
}

func (m *matcher) require(holds func(*Event) bool) { m.conditions = append(m.conditions, holds) }

// exclude excludes what another match has. Most have only a protocol or a port, which cost nothing.
func (m *matcher) exclude(s *shared, not *Match) {
	excluded := s.compilePart(not, not.kinds(false))
	for _, list := range []struct {
		names   []string
		address func(*Event) netip.Addr
	}{{not.SourceList, func(ev *Event) netip.Addr { return ev.Src }}, {not.DestinationList, func(ev *Event) netip.Addr { return ev.Dst }}} {
		if list.names != nil {
			excluded.require(func(ev *Event) bool {
				_, listed := s.findThreat(ev, list.address(ev), list.names)
				return listed
			})
		}
	}
	isOnly := excluded.kinds == allKinds && excluded.conditions == nil
	switch {
	case isOnly && excluded.ports == nil && excluded.protocols != nil:
		if m.protocols == nil {
			m.protocols = &[4]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
		}
		for i := range excluded.protocols {
			m.protocols[i] &^= excluded.protocols[i]
		}
	case isOnly && excluded.protocols == nil && excluded.ports != nil:
		if m.ports == nil {
			m.ports = portsOf([]PortRange{{Last: math.MaxUint16}})
		}
		for i := range excluded.ports {
			m.ports[i] &^= excluded.ports[i]
		}
	default:
		m.require(func(ev *Event) bool { return !excluded.has(ev) })
	}
}

// addList adds the condition that an address of the flow is on one of the lists.
func (m *matcher) addList(s *shared, names []string, address func(*Event) netip.Addr) {
	if names == nil {
		return
	}
	m.listed = true
	m.require(func(ev *Event) bool {
		found, listed := s.findThreat(ev, address(ev), names)
		s.current.listed, s.current.listedMatch = address(ev), found
		return listed
	})
}

// findThreat looks an address of a flow up in the threat lists with these names. Lists never match internal addresses.
func (s *shared) findThreat(ev *Event, a netip.Addr, names []string) (threatlist.Match, bool) {
	if a != ev.external() {
		return threatlist.Match{}, false
	}
	if names[0] == anyValue {
		return s.lookupThreat(a)
	}
	for _, name := range names {
		if match, found := s.threats.LookupIn(name, a); found {
			s.countThreat(match.List)
			return match, true
		}
	}
	return threatlist.Match{}, false
}

func protocolsOf(list []Protocol) *[4]uint64 {
	if list == nil {
		return nil
	}
	set := new([4]uint64)
	for _, p := range list {
		set[p>>6] |= 1 << (p & 63)
	}
	return set
}

func portsOf(ranges []PortRange) *portset.Set {
	if ranges == nil {
		return nil
	}
	set := new(portset.Set)
	for _, r := range ranges {
		for port := int(r.First); port <= int(r.Last); port++ {
			set.Add(uint16(port))
		}
	}
	return set
}
