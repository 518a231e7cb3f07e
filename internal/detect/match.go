// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/configtype"

// Match says which flows a rule evaluates. A flow must match every part that is set. A part matches if one of its values
// does.
type Match struct {
	// Class lists directions of traffic, such as internal_to_external. Empty means all with an internal side.
	Class []string `mapstructure:"class" config:"nonempty,text"`
	// Role is request, reply, unknown or any. Empty means request.
	Role []string `mapstructure:"role" config:"nonempty,text"`
	// Action is accept, reject or any. Empty means any. An accepted flow reached its destination: inside the network, the
	// ACCEPT of the source's interface does not count.
	Action []string `mapstructure:"action" config:"nonempty,text"`
	// Outcome is answered or failed. With it, the rule evaluates judged attempts instead of flows.
	Outcome []string `mapstructure:"outcome" config:"nonempty,text"`
	// Source and Destination are networks. An address without a length means only that address.
	Source      []Network `mapstructure:"source" config:"nonempty"`
	Destination []Network `mapstructure:"destination" config:"nonempty"`
	// Port is the destination port, or a range of ports.
	Port []PortRange `mapstructure:"port" config:"nonempty"`
	// Protocol is the IANA keyword or the number.
	Protocol []Protocol `mapstructure:"protocol" config:"nonempty"`
	// Country is the ISO 3166-1 code of the external side.
	Country []string `mapstructure:"country" config:"nonempty,text"`
	// SourceList and DestinationList are the names of threat lists that contain the address, or any.
	SourceList      []string `mapstructure:"source_list" config:"nonempty,text"`
	DestinationList []string `mapstructure:"destination_list" config:"nonempty,text"`
	// Interface, Instance, VPC, Subnet and Account are AWS ids in the record.
	Interface []string             `mapstructure:"interface" config:"nonempty,text"`
	Instance  []string             `mapstructure:"instance" config:"nonempty,text"`
	VPC       []string             `mapstructure:"vpc" config:"nonempty,text"`
	Subnet    []string             `mapstructure:"subnet" config:"nonempty,text"`
	Account   []configtype.Account `mapstructure:"account" config:"nonempty"`
	// Not excludes the flows that it matches. Its parts have no defaults.
	Not *Match `mapstructure:"not"`
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
	isFailed    = []string{failedResult}
	tcpOrUDP    = []Protocol{tcp, udp}
	onAnyList   = []string{anyValue}
)

// matchFor returns the match with the settings of the rule. then says whether it is that of a sequence's success.
func (r *Rule) matchFor(set *Settings, then bool) Match {
	m := r.match
	if then {
		m = *r.then
	}
	if len(set.Ports) > 0 && !r.portsOfSource {
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
