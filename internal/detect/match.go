// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

// Match says which flows a rule evaluates. A flow must match every part that is set. A part matches if one of its values
// does.
type Match struct {
	// Class lists directions of traffic, such as internal_to_external. Empty means all with an internal side.
	Class []string
	// Role is request, reply, unknown or any. Empty means request.
	Role []string
	// Action is accept, reject or any. Empty means any. An accepted flow reached its destination: inside the network, the
	// ACCEPT of the source's interface does not count.
	Action []string
	// Outcome is answered or failed. With it, the rule evaluates judged attempts instead of flows.
	Outcome []string
	// Port is the destination port, or a range of ports.
	Port []PortRange
	// Protocol is the IANA protocol number.
	Protocol []Protocol
	// SourceList and DestinationList are the names of threat lists that contain the address, or any.
	SourceList, DestinationList []string
	// Not excludes the flows that it matches. Its parts have no defaults.
	Not *Match
}

// The words of a match.
const (
	anyValue       = "any"
	requestRole    = "request"
	replyRole      = "reply"
	unknownRole    = "unknown"
	acceptAction   = "accept"
	rejectAction   = "reject"
	answeredResult = "answered"
	failedResult   = "failed"

	externalToInternal = "external_to_internal"
	internalToExternal = "internal_to_external"
	internalToInternal = "internal_to_internal"
)

// Parts of matches that several rules have.
var (
	fromOutside = []string{externalToInternal}
	toOutside   = []string{internalToExternal}
	inside      = []string{internalToInternal}
	toInside    = []string{externalToInternal, internalToInternal}
	isAccepted  = []string{acceptAction}
	isRejected  = []string{rejectAction}
	tcpOrUDP    = []Protocol{tcp, udp}
	onAnyList   = []string{anyValue}
)

// matchFor returns the match with the settings of the rule. then says whether it is that of a sequence's success.
func (r *Rule) matchFor(set *Settings, then bool) Match {
	m := r.match
	if then {
		m = *r.then
	}
	if len(set.Ports) > 0 {
		m.Port = make([]PortRange, len(set.Ports))
		for i, port := range set.Ports {
			m.Port[i] = PortRange{First: uint16(port), Last: uint16(port)}
		}
	}
	if set.IncludeInternal {
		m.Class = toInside
	}
	if set.IncludeReplies {
		m.Role = []string{anyValue}
	}
	return m
}
