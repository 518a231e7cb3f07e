// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package allowlist matches flows against entries that remove expected traffic from the rules. It counts the matches
// and reports when entries expire.
package allowlist

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Entry matches a flow if every part that is set matches. A part with several values matches if one of them does.
type Entry struct {
	// Source and Destination are networks. An address without a length means only that address.
	Source      []configtype.Network `mapstructure:"source" config:"nonempty"`
	Destination []configtype.Network `mapstructure:"destination" config:"nonempty"`
	// Port is the destination port or a range of ports, written from-to.
	Port []configtype.PortRange `mapstructure:"port" config:"nonempty"`
	// Protocol is the IANA keyword or the number.
	Protocol []Protocol `mapstructure:"protocol" config:"nonempty"`
	// Country is the ISO 3166-1 code of the external side.
	Country []string `mapstructure:"country" config:"nonempty,text"`
	// Interface is the id of the network interface that logged the flow, and Instance the id of its instance.
	Interface []string `mapstructure:"interface" config:"nonempty,text"`
	Instance  []string `mapstructure:"instance" config:"nonempty,text"`
	// Account is the AWS account id of the flow.
	Account []configtype.Account `mapstructure:"account" config:"nonempty"`
	// HostName, Owner and Tag match an internal side of the flow by the inventory. One internal side must match all of them
	// that are set. A tag is a key, or a key and a value as key=value.
	HostName []string `mapstructure:"host_name" config:"nonempty,text"`
	Owner    []string `mapstructure:"owner" config:"nonempty,text"`
	Tag      []string `mapstructure:"tag" config:"nonempty,text"`
	// Rule is the id of a rule to which the entry applies. Matches does not check it.
	Rule []string `mapstructure:"rule" config:"nonempty,text"`
	// Name identifies the entry in metrics and logs. Empty means its position in the configuration, such as ignore[3].
	Name string `mapstructure:"name" config:"text"`
	// Reason says why the traffic is expected. It has no effect.
	Reason string `mapstructure:"reason" config:"text"`
	// Expires is the date, in UTC, or the time from which the entry no longer applies, by event time. Empty means
	// never.
	Expires configtype.Expiry `mapstructure:"expires"`
}

// Empty reports whether the entry has no part that restricts it, so that it would match every flow.
func (e *Entry) Empty() bool {
	return len(e.Source)+len(e.Destination)+len(e.Port)+len(e.Protocol)+len(e.Country)+len(e.Interface)+len(e.Instance)+
		len(e.Account)+len(e.HostName)+len(e.Owner)+len(e.Tag)+len(e.Rule) == 0
}

// Identifies reports whether the entry matches what the inventory knows about a host.
func (e *Entry) Identifies() bool { return e.HostName != nil || e.Owner != nil || e.Tag != nil }

// IsHost reports whether the entry names a host and nothing else about a flow.
func (e *Entry) IsHost() bool {
	return len(e.Destination)+len(e.Port)+len(e.Protocol)+len(e.Country)+len(e.Interface)+len(e.Instance) == 0 && !e.Identifies()
}

// Facts says what is known about a flow in addition to its record.
type Facts interface {
	// Country returns the country of the external side.
	Country() string
	// Machines returns the machines of the internal sides from the inventory. The caller must not keep it.
	Machines() []Machine
}

// Machine describes an internal side. Unknown fields are empty.
type Machine struct {
	Name, Owner string
	Tags        map[string]string
	// TagValues are the tag values in records, which do not contain the keys of the tags.
	TagValues [3]string
}

// hasTag reports whether the machine has a tag, given as key or key=value. A tag from a record matches by its value
// alone.
func (m *Machine) hasTag(tag string) bool {
	key, value, hasValue := strings.Cut(tag, "=")
	got, found := m.Tags[key]
	return found && (!hasValue || got == value) || tag != "" && slices.Contains(m.TagValues[:], tag)
}

// Matches reports whether the entry applies at the time of the flow and matches it. It calls facts only if the entry
// needs them.
func (e *Entry) Matches(f *flow.Flow, facts Facts) bool {
	return (e.Expires == 0 || f.Time < int64(e.Expires)) &&
		contains(e.Source, f.Src) &&
		contains(e.Destination, f.Dst) &&
		(e.Port == nil || slices.ContainsFunc(e.Port, func(r configtype.PortRange) bool { return r.Contains(f.DstPort) })) &&
		(e.Protocol == nil || slices.Contains(e.Protocol, Protocol(f.Protocol))) &&
		(e.Interface == nil || slices.Contains(e.Interface, f.Interface)) &&
		(e.Instance == nil || slices.Contains(e.Instance, f.Instance)) &&
		(e.Account == nil || slices.Contains(e.Account, configtype.Account(f.Account))) &&
		(e.Country == nil || slices.Contains(e.Country, facts.Country())) &&
		e.matchesMachine(facts)
}

// matchesMachine reports whether one internal side matches HostName, Owner and Tag.
func (e *Entry) matchesMachine(facts Facts) bool {
	if !e.Identifies() {
		return true
	}
	return slices.ContainsFunc(facts.Machines(), func(m Machine) bool {
		return (e.HostName == nil || m.Name != "" && slices.Contains(e.HostName, m.Name)) &&
			(e.Owner == nil || m.Owner != "" && slices.Contains(e.Owner, m.Owner)) &&
			(e.Tag == nil || slices.ContainsFunc(e.Tag, m.hasTag))
	})
}

func contains(networks []configtype.Network, a netip.Addr) bool {
	return networks == nil || slices.ContainsFunc(networks, func(n configtype.Network) bool { return n.Contains(a) })
}
