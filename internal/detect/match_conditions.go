// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
)

// conditions returns the parts of a match that only custom rules have.
func (s *shared) conditions(m *Match) (list []func(*Event) bool) {
	for _, side := range []struct {
		networks []Network
		address  func(*Event) netip.Addr
	}{{m.Source, func(ev *Event) netip.Addr { return ev.Src }}, {m.Destination, func(ev *Event) netip.Addr { return ev.Dst }}} {
		if side.networks != nil {
			list = append(list, func(ev *Event) bool {
				a := side.address(ev)
				return slices.ContainsFunc(side.networks, func(n Network) bool { return n.Contains(a) })
			})
		}
	}
	for _, id := range []struct {
		values []string
		of     func(*Event) string
	}{
		{m.Interface, func(ev *Event) string { return ev.Interface }},
		{m.Instance, func(ev *Event) string { return ev.Instance }},
		{m.VPC, func(ev *Event) string { return ev.VPC }},
		{m.Subnet, func(ev *Event) string { return ev.Subnet }},
	} {
		if id.values != nil {
			list = append(list, func(ev *Event) bool { return slices.Contains(id.values, id.of(ev)) })
		}
	}
	if m.Account != nil {
		list = append(list, func(ev *Event) bool { return slices.Contains(m.Account, configtype.Account(ev.Account)) })
	}
	if m.Country != nil {
		list = append(list, func(ev *Event) bool { return slices.Contains(m.Country, s.country(ev).String()) })
	}
	return list
}

// hasParts reports whether a flow has the country, interface or VPC that a key or a value needs.
func (s *shared) hasParts(ev *Event, set partSet) bool {
	return (set&hasCountry == 0 || s.country(ev) != country{}) && (set&hasInterface == 0 || ev.Interface != "") && (set&hasVPC == 0 || ev.VPC != "")
}

// requireParts adds the condition that a flow has these parts.
func (m *matcher) requireParts(s *shared, set partSet) {
	if set&(hasCountry|hasInterface|hasVPC) != 0 {
		m.require(func(ev *Event) bool { return s.hasParts(ev, set) })
	}
}
