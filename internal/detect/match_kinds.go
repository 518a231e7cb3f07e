// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

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

// allKinds are the kinds of all events with an internal side.
const allKinds = kindSet(1<<(3*int(numStates)*int(numResults))-1) << (int(numStates) * int(numResults))

// kinds returns the kinds of events that the match has. defaults says whether the role of a match without one is request, and
// its events are flows.
func (m *Match) kinds(defaults bool) (set kindSet) {
	for class := network.ExternalToInternal; class < numClasses; class++ {
		if m.Class != nil && !slices.Contains(m.Class, class.String()) {
			continue
		}
		for state := range numStates {
			for result := range numResults {
				if m.hasState(state, defaults) && m.hasResult(result) {
					set |= kindOf(class, state, result)
				}
			}
		}
	}
	return set
}

func (m *Match) hasState(state uint8, defaults bool) bool {
	role := Role(state)
	switch state {
	case attemptAnswered, attemptFailed:
		role = Request
		result := failedResult
		if state == attemptAnswered {
			result = answeredResult
		}
		if m.Outcome == nil && defaults || m.Outcome != nil && !slices.Contains(m.Outcome, result) {
			return false
		}
	default:
		if m.Outcome != nil {
			return false
		}
	}
	if m.Role == nil {
		return !defaults || role == Request
	}
	return slices.Contains(m.Role, anyValue) || slices.Contains(m.Role, role.String())
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
