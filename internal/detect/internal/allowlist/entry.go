// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Ignore is an entry of an allowlist. It matches a flow when every part that is given matches; a part is a list of
// which one must match.
type Ignore struct {
	// Source and Destination are networks; an address without a length is itself alone.
	Source      []Network `mapstructure:"source" config:"nonempty"`
	Destination []Network `mapstructure:"destination" config:"nonempty"`
	// Port is the destination port, or a range of them written from-to.
	Port []PortRange `mapstructure:"port" config:"nonempty"`
	// Protocol is the IANA keyword or the number.
	Protocol []Protocol `mapstructure:"protocol" config:"nonempty"`
	// Country is the ISO 3166-1 code of the external side.
	Country []string `mapstructure:"country" config:"nonempty,text"`
	// Interface is the id of the network interface that logged the flow.
	Interface []string `mapstructure:"interface" config:"nonempty,text"`
	// Account is the AWS account id of the flow.
	Account []configtype.Account `mapstructure:"account" config:"nonempty"`
	// Name names the entry for people.
	Name string `mapstructure:"name" config:"text"`
	// Reason says why the traffic is expected.
	Reason string `mapstructure:"reason" config:"text"`
	// Expires is the day, in UTC and by event time, from whose first second the entry is void. Empty means never.
	Expires Date `mapstructure:"expires"`
}

func (i *Ignore) matches(ev *Event, e *Engine) bool {
	return (i.Expires == 0 || ev.Time < int64(i.Expires)) &&
		within(i.Source, ev.Src) &&
		within(i.Destination, ev.Dst) &&
		(i.Port == nil || slices.ContainsFunc(i.Port, func(r PortRange) bool { return r.Has(ev.DstPort) })) &&
		(i.Protocol == nil || slices.Contains(i.Protocol, Protocol(ev.Protocol))) &&
		(i.Interface == nil || slices.Contains(i.Interface, ev.Interface)) &&
		(i.Account == nil || slices.Contains(i.Account, configtype.Account(ev.Account))) &&
		(i.Country == nil || slices.Contains(i.Country, e.country(ev).String()))
}

func within(networks []Network, a netip.Addr) bool {
	return networks == nil || slices.ContainsFunc(networks, func(n Network) bool { return netip.Prefix(n).Contains(a) })
}

// verdict remembers whether the allowlist of all rules holds a flow.
type verdict uint8

const (
	notAsked verdict = iota
	kept
	removed
)

// ignores tells whether the allowlist of all rules, or the rule's own, removes the flow.
func (e *Engine) ignores(ev *Event, own []allowed) bool {
	if ev.ignored == notAsked {
		ev.ignored = kept
		if e.anyMatch(e.ignore, ev) || e.anyMatch(e.ignoreFiles, ev) {
			ev.ignored = removed
		}
	}
	return ev.ignored == removed || e.anyMatch(own, ev)
}

// anyMatch counts the match for the first entry that matches: to the others the flow does not come.
func (e *Engine) anyMatch(entries []allowed, ev *Event) bool {
	for i := range entries {
		if entries[i].matches(ev, e) {
			e.allow.hits[entries[i].name]++
			return true
		}
	}
	return false
}

// country returns the country of the side that is external; none when both or neither are.
func (e *Engine) country(ev *Event) country {
	if !ev.located {
		ev.located = true
		ev.country = e.locate(external(ev))
	}
	return ev.country
}

// external returns the address of the side that is external, the invalid one when both or neither are.
func external(ev *Event) netip.Addr {
	switch ev.class {
	case network.ExternalToInternal:
		return ev.Src
	case network.InternalToExternal:
		return ev.Dst
	default:
		return netip.Addr{}
	}
}

func (e *Engine) locate(a netip.Addr) (c country) {
	if e.countries != nil && a.IsValid() {
		copy(c[:], e.countries.Country(a))
	}
	return c
}

// country is an ISO 3166-1 code of two letters, or zero when it is not known.
type country [2]byte

// String returns the code, empty when it is not known.
func (c country) String() string {
	if c == (country{}) {
		return ""
	}
	return string(c[:])
}
