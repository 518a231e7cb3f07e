// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// modelCustom returns a custom rule, without state.
func modelCustom(c *detect.CustomRule) *modelRule {
	r := &modelRule{
		id: c.ID, custom: c, order: partNames(c.Key), severity: always(cmp.Or(c.Severity, alert.Low)), over: c.Over,
	}
	first := cmp.Or(c.First, c.Match, &detect.Match{})
	r.qualifies = func(m *model, f *flow.Flow, _ detect.Settings) bool {
		matched := m.matches(first, f) || c.Then != nil && m.matches(c.Then, f)
		return matched && m.hasParts(f, c.Key) && m.hasParts(f, c.Count)
	}
	r.fails = func(m *model, f *flow.Flow) bool { return m.matches(first, f) }
	if len(c.Count) > 0 {
		r.value = func(m *model, f *flow.Flow) string {
			var words []string
			for _, word := range partNames(c.Count) {
				words = append(words, m.word(f, word))
			}
			return strings.Join(words, " ")
		}
	}
	switch c.Kind {
	case detect.Each:
		r.observe, r.counts, r.value = (*model).each, "flows", nil
	case detect.Distinct:
		r.observe = (*model).window
	case detect.Sum:
		r.observe, r.counts, r.value = (*model).window, c.Sum, nil
		r.weight = func(f *flow.Flow) uint64 { return f.Bytes }
		if c.Sum == "packets" {
			r.weight = func(f *flow.Flow) uint64 { return f.Packets }
		}
	case detect.FirstSeen:
		r.observe, r.value = (*model).firstSeen, nil
	case detect.Sequence:
		r.observe = (*model).sequence
	}
	return r
}

func partNames(parts []detect.Part) (list []string) {
	for _, p := range parts {
		list = append(list, string(p))
	}
	return list
}

// hasParts reports whether the flow has the country, the interface and the VPC that a rule asks for.
func (m *model) hasParts(f *flow.Flow, parts []detect.Part) bool {
	return !slices.ContainsFunc(partNames(parts), func(word string) bool {
		return slices.Contains([]string{"country", "interface", "vpc"}, word) && m.word(f, word) == ""
	})
}

var classNames = map[string]string{"II": "internal_to_internal", "EI": "external_to_internal", "IE": "internal_to_external"}

// matches applies the defaults of a match. A match with an outcome applies to judged attempts only.
func (m *model) matches(match *detect.Match, f *flow.Flow) bool {
	if (len(match.Outcome) > 0) != (m.outcome != "") || m.class(f) == "EE" {
		return false
	}
	return m.matchesParts(match, f, []string{"request"}) && (match.Not == nil || !m.matchesParts(match.Not, f, nil))
}

// matchesParts reports whether every part that is given matches.
func (m *model) matchesParts(match *detect.Match, f *flow.Flow, roles []string) bool {
	if len(match.Role) > 0 {
		roles = match.Role
	}
	word := func(values []string, value string) bool {
		return len(values) == 0 || slices.Contains(values, "any") || slices.Contains(values, value)
	}
	id := func(values []string, value string) bool { return len(values) == 0 || slices.Contains(values, value) }
	list := func(values []string, a netip.Addr) bool {
		return len(values) == 0 || m.listed(a) && (slices.Contains(values, "any") || slices.Contains(values, "test"))
	}
	accepted, rejected := m.accepted(f), f.Action == flow.Reject
	if m.outcome != "" {
		accepted = !rejected
	}
	action := len(match.Action) == 0 || slices.Contains(match.Action, "any") ||
		slices.Contains(match.Action, "accept") && accepted || slices.Contains(match.Action, "reject") && rejected
	return word(match.Class, classNames[m.class(f)]) && word(roles, m.role(f)) && action &&
		id(match.Outcome, m.outcome) &&
		(len(match.Source) == 0 || contained(match.Source, f.Src)) &&
		(len(match.Destination) == 0 || contained(match.Destination, f.Dst)) &&
		(len(match.Port) == 0 || slices.ContainsFunc(match.Port, func(r detect.PortRange) bool { return r.Contains(f.DstPort) })) &&
		(len(match.Protocol) == 0 || slices.Contains(match.Protocol, detect.Protocol(f.Protocol))) &&
		id(match.Country, m.country(m.external(f))) &&
		list(match.SourceList, f.Src) && list(match.DestinationList, f.Dst) &&
		id(match.Interface, f.Interface) && id(match.Instance, f.Instance) && id(match.VPC, f.VPC) && id(match.Subnet, f.Subnet) &&
		(len(match.Account) == 0 || slices.Contains(match.Account, configtype.Account(f.Account)))
}

// asksFor reports whether a custom rule needs the attempts of a class. None has flows between external addresses.
func asksFor(c *detect.CustomRule, class string) bool {
	if class == "EE" {
		return false
	}
	return slices.ContainsFunc([]*detect.Match{c.Match, c.First, c.Then}, func(match *detect.Match) bool {
		return match != nil && len(match.Outcome) > 0 && (len(match.Class) == 0 || slices.Contains(match.Class, classNames[class]))
	})
}
