// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/portset"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
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
	compiled := matcher{kinds: m.kinds(), protocols: protocolsOf(m.Protocol), ports: portsOf(m.Port)}
	if m.Not != nil {
		compiled.exclude(m.Not)
	}
	compiled.addList(s, m.SourceList, func(ev *Event) netip.Addr { return ev.Src })
	compiled.addList(s, m.DestinationList, func(ev *Event) netip.Addr { return ev.Dst })
	return compiled
}

// exclude removes what a match without conditions has.
func (m *matcher) exclude(not *Match) {
	protocols := protocolsOf(not.Protocol)
	if protocols == nil {
		return
	}
	if m.protocols == nil {
		m.protocols = &[4]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
	}
	for i := range protocols {
		m.protocols[i] &^= protocols[i]
	}
}

// addList adds the condition that an address of the flow is on one of the lists.
func (m *matcher) addList(s *shared, lists []string, address func(*Event) netip.Addr) {
	if lists == nil {
		return
	}
	m.listed = true
	m.conditions = append(m.conditions, func(ev *Event) bool {
		found, listed := s.lookupThreat(address(ev))
		s.current.listed, s.current.listedMatch = address(ev), found
		return listed
	})
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

// kindSet is a set of kinds of events. A kind is a class with a role, or an outcome of an attempt, and an action. An event has
// one of them.
type kindSet uint64

// The states of an event: the roles of a flow, and the outcomes of an attempt.
const (
	attemptAnswered = iota + uint8(numRoles)
	attemptFailed
	numStates
)

// The results of an event.
const (
	noResult uint8 = iota
	acceptedResult
	rejectedResult
	numResults
)

// kindOf returns the set of one kind.
func kindOf(class network.Class, state, result uint8) kindSet {
	return 1 << ((uint8(class)*numStates+state)*numResults + result)
}

// kindsOf returns the kinds of flows of a class.
func kindsOf(class network.Class) kindSet {
	return (1<<(uint8(numRoles)*numResults) - 1) << (uint8(class) * numStates * numResults)
}

// judgedKindsOf returns the kinds of judged attempts of a class.
func judgedKindsOf(class network.Class) (set kindSet) {
	for result := range numResults {
		set |= kindOf(class, attemptAnswered, result) | kindOf(class, attemptFailed, result)
	}
	return set
}

// resultOf returns the result of a flow.
func resultOf(ev *Event) uint8 {
	switch {
	case ev.accepted:
		return acceptedResult
	case rejected(ev):
		return rejectedResult
	default:
		return noResult
	}
}

func rejected(ev *Event) bool { return ev.Action == flow.Reject }

// kinds returns the kinds of events that the match has.
func (m *Match) kinds() (set kindSet) {
	for class := network.ExternalToInternal; class < numClasses; class++ {
		if m.Class != nil && !slices.Contains(m.Class, class.String()) {
			continue
		}
		for state := range numStates {
			for result := range numResults {
				if m.hasState(state) && m.hasResult(result) {
					set |= kindOf(class, state, result)
				}
			}
		}
	}
	return set
}

func (m *Match) hasState(state uint8) bool {
	switch {
	case state == attemptAnswered:
		return slices.Contains(m.Outcome, answeredResult)
	case state == attemptFailed:
		return slices.Contains(m.Outcome, failedResult)
	case m.Outcome != nil:
		return false
	case m.Role == nil:
		return Role(state) == Request
	default:
		return slices.Contains(m.Role, anyValue) || slices.Contains(m.Role, Role(state).String())
	}
}

func (m *Match) hasResult(result uint8) bool {
	switch {
	case m.Action == nil, slices.Contains(m.Action, anyValue):
		return true
	case result == acceptedResult:
		return slices.Contains(m.Action, acceptAction)
	case result == rejectedResult:
		return slices.Contains(m.Action, rejectAction)
	default:
		return false
	}
}
