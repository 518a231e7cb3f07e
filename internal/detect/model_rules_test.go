// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// modelRule is one row of the table of rules, with the state of its keys.
type modelRule struct {
	id        string
	severity  func(f *flow.Flow) alert.Severity
	qualifies func(m *model, f *flow.Flow, set detect.Settings) bool
	key       func(m *model, f *flow.Flow, set detect.Settings) modelKey // without the scope
	// value returns what a distinct rule counts. weight returns what a sum rule adds up.
	value  func(f *flow.Flow) string
	weight func(f *flow.Flow) uint64
	// observe adds a qualifying flow to the rule's state.
	observe func(m *model, r *modelRule, s *modelScope, f *flow.Flow, late bool)

	keys    []*modelState // least recently touched first
	evicted int64
	maxima  map[modelKey]int64 // the highest measure of each key, even after its eviction
}

func (r *modelRule) raiseMaximum(key modelKey, measure int64) {
	if r.maxima == nil {
		r.maxima = map[modelKey]int64{}
	}
	r.maxima[key] = max(r.maxima[key], measure)
}

// modelRules returns all rules in the order of the documentation, without state.
func modelRules() []*modelRule {
	always := func(s alert.Severity) func(*flow.Flow) alert.Severity {
		return func(*flow.Flow) alert.Severity { return s }
	}
	rejected := func(f *flow.Flow) bool { return f.Action == flow.Reject }
	request := func(m *model, f *flow.Flow) bool { return m.role(f) == "request" }
	ports := func(f *flow.Flow) bool { return f.Protocol == 6 || f.Protocol == 17 }
	icmp := func(f *flow.Flow) bool { return f.Protocol == 1 || f.Protocol == 58 }
	in := func(m *model, f *flow.Flow, classes ...string) bool { return slices.Contains(classes, m.class(f)) }
	remote := func(f *flow.Flow, set detect.Settings) bool {
		return ports(f) && slices.Contains(set.Ports, int(f.DstPort))
	}

	source := func(_ *model, f *flow.Flow, _ detect.Settings) modelKey {
		return modelKey{source: f.Src.String()}
	}
	pair := func(_ *model, f *flow.Flow, _ detect.Settings) modelKey {
		return modelKey{source: f.Src.String(), destination: f.Dst.String()}
	}
	grouped := func(m *model, f *flow.Flow, set detect.Settings) modelKey {
		if set.GroupBy == "source" {
			return source(m, f, set)
		}
		return pair(m, f, set)
	}
	destination := func(f *flow.Flow) string { return f.Dst.String() }
	port := func(f *flow.Flow) string { return strconv.Itoa(int(f.DstPort)) }
	attempt := func(f *flow.Flow) string { return fmt.Sprint(f.Dst, f.DstPort, f.SrcPort) }

	return []*modelRule{
		{
			id: "rejected_internal_scan", severity: always(alert.Medium), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II") && rejected(f) && request(m, f)
			},
			key:   source,
			value: func(f *flow.Flow) string { return fmt.Sprint(f.Dst, f.DstPort, f.Protocol) },
		},
		{
			id: "external_port_scan", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "EI") && ports(f) && request(m, f)
			},
			key: grouped, value: port,
		},
		{
			id: "internal_port_scan", severity: always(alert.Medium), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II") && ports(f) && request(m, f)
			},
			key: grouped, value: port,
		},
		{
			id: "remote_service_brute_force", severity: always(alert.High), observe: (*model).sequence,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				return in(m, f, "EI", "II") && (rejected(f) || m.accepted(f)) && request(m, f) && remote(f, set)
			},
			key: source, value: attempt,
		},
		{
			id: "malicious_remote_access", severity: always(alert.High), observe: (*model).each,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				return in(m, f, "EI") && m.accepted(f) && request(m, f) && remote(f, set) && m.listed(f.Src)
			},
			key: func(_ *model, f *flow.Flow, _ detect.Settings) modelKey {
				return modelKey{source: f.Src.String(), destination: f.Dst.String(), port: port(f)}
			},
		},
		{
			id: "dns_not_over_udp", severity: always(alert.Low), observe: (*model).each,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II", "IE") && f.DstPort == 53 && f.Protocol != 17 && request(m, f)
			},
			key: pair,
		},
		{
			id: "new_internal_peer", severity: always(alert.Low), observe: (*model).firstSeen,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II") && m.accepted(f) && ports(f) && request(m, f)
			},
			key: pair,
		},
		{
			id: "excessive_inbound_icmp", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				within := set.IncludeInternal && in(m, f, "II") && f.Direction != flow.Egress
				return (in(m, f, "EI") || within) && icmp(f)
			},
			key:    source,
			weight: func(f *flow.Flow) uint64 { return f.Packets },
		},
		{
			id: "remote_service_rejects", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				return in(m, f, "EI", "II") && rejected(f) && request(m, f) && remote(f, set)
			},
			key: source, value: attempt,
		},
		{
			id: "suspicious_destination", observe: (*model).each,
			severity: func(f *flow.Flow) alert.Severity {
				if f.Action == flow.Accept {
					return alert.High
				}
				return alert.Medium
			},
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "IE") && request(m, f) && m.listed(f.Dst)
			},
			key: pair,
		},
		{
			id: "unusual_country", severity: always(alert.Low), observe: (*model).firstSeen,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "IE") && m.accepted(f) && request(m, f) && m.country(f.Dst) != ""
			},
			key: func(m *model, f *flow.Flow, _ detect.Settings) modelKey {
				return modelKey{country: m.country(f.Dst)}
			},
		},
		{
			id: "large_outbound_transfer", severity: always(alert.Medium), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				return in(m, f, "IE") && m.accepted(f) && (set.IncludeReplies || m.role(f) != "reply")
			},
			key:    pair,
			weight: func(f *flow.Flow) uint64 { return f.Bytes },
		},
		{
			id: "external_reject_sweep", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "EI") && rejected(f) && request(m, f)
			},
			key: source, value: destination,
		},
		{
			id: "internal_reject_sweep", severity: always(alert.Medium), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II") && rejected(f) && request(m, f)
			},
			key: source, value: destination,
		},
	}
}
