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
	severity  func(f *flow.Flow, set detect.Settings) alert.Severity
	qualifies func(m *model, f *flow.Flow, set detect.Settings) bool
	order     []string // the parts of the key in the order in which the uid has them
	// outcomes are the outcomes of the attempts that the rule evaluates. A rule without them evaluates flows.
	outcomes []string
	// classes are those of the attempts.
	classes []string
	custom  *detect.CustomRule // nil for a built-in rule
	// value returns what a distinct rule counts. weight returns what a sum rule adds up.
	value  func(m *model, f *flow.Flow) string
	weight func(f *flow.Flow) uint64
	// counts says what the measure of an episode is: bytes, packets, flows, or else different values.
	counts string
	// over says that the measure must exceed the threshold.
	over bool
	// fails reports whether a flow is a failed attempt of a sequence. Others are successes.
	fails func(m *model, f *flow.Flow) bool
	// observe adds a qualifying flow to the rule's state.
	observe func(m *model, r *modelRule, s *modelScope, f *flow.Flow, late bool)

	keys    []*modelState // least recently touched first
	evicted int64
	// returned has the packets that came back, by the key that they came back to. Only the flood rule has it.
	returned *modelRule
	maxima   map[modelKey]int64 // the highest measure of each key, even after its eviction
}

func (r *modelRule) raiseMaximum(key modelKey, measure int64) {
	if r.maxima == nil {
		r.maxima = map[modelKey]int64{}
	}
	r.maxima[key] = max(r.maxima[key], measure)
}

// modelRules returns all rules in the order of the documentation, without state.
func modelRules() []*modelRule {
	rejected := func(f *flow.Flow) bool { return f.Action == flow.Reject }
	request := func(m *model, f *flow.Flow) bool { return m.role(f) == "request" }
	ports := func(f *flow.Flow) bool { return f.Protocol == 6 || f.Protocol == 17 }
	icmp := func(f *flow.Flow) bool { return f.Protocol == 1 || f.Protocol == 58 }
	in := func(m *model, f *flow.Flow, classes ...string) bool { return slices.Contains(classes, m.class(f)) }
	remote := func(f *flow.Flow, set detect.Settings) bool {
		return ports(f) && slices.Contains(set.Ports, int(f.DstPort))
	}

	source, pair := []string{"source"}, []string{"source", "destination"}
	destination := func(_ *model, f *flow.Flow) string { return f.Dst.String() }
	port := func(_ *model, f *flow.Flow) string { return strconv.Itoa(int(f.DstPort)) }
	attempt := func(_ *model, f *flow.Flow) string { return fmt.Sprint(f.Dst, f.DstPort, f.SrcPort) }

	rules := []*modelRule{
		{
			id: "rejected_internal_scan", severity: always(alert.Medium), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II") && rejected(f) && request(m, f)
			},
			order: source,
			value: func(_ *model, f *flow.Flow) string { return fmt.Sprint(f.Dst, f.DstPort, f.Protocol) },
		},
		{
			id: "external_port_scan", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "EI") && ports(f) && request(m, f)
			},
			order: source, value: port,
		},
		{
			id: "internal_port_scan", severity: always(alert.Medium), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II") && ports(f) && request(m, f)
			},
			order: pair, value: port,
		},
		{
			id: "remote_service_brute_force", severity: always(alert.High), observe: (*model).sequence,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				return in(m, f, "EI", "II") && (rejected(f) || m.accepted(f)) && request(m, f) && remote(f, set)
			},
			order: source, value: attempt, fails: func(_ *model, f *flow.Flow) bool { return rejected(f) },
		},
		{
			id: "malicious_remote_access", severity: always(alert.High), observe: (*model).each, counts: "flows",
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				return in(m, f, "EI") && m.accepted(f) && request(m, f) && remote(f, set) && m.listed(f.Src)
			},
			order: []string{"source", "destination", "port"},
		},
		{
			id: "dns_not_over_udp", severity: always(alert.Low), observe: (*model).each, counts: "flows",
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II", "IE") && f.DstPort == 53 && f.Protocol != 17 && request(m, f)
			},
			order: pair,
		},
		{
			id: "new_internal_peer", severity: always(alert.Low), observe: (*model).firstSeen,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II") && m.accepted(f) && ports(f) && request(m, f)
			},
			order: pair,
		},
		{
			id: "excessive_inbound_icmp", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				within := set.IncludeInternal && in(m, f, "II") && f.Direction != flow.Egress
				return (in(m, f, "EI") || within) && icmp(f)
			},
			order:  source,
			weight: func(f *flow.Flow) uint64 { return f.Packets }, counts: "packets",
		},
		{
			id: "remote_service_rejects", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				return in(m, f, "EI", "II") && rejected(f) && request(m, f) && remote(f, set)
			},
			order: source, value: attempt,
		},
		{
			id: "suspicious_destination", observe: (*model).each, counts: "flows",
			severity: func(f *flow.Flow, _ detect.Settings) alert.Severity {
				if f.Action == flow.Accept {
					return alert.High
				}
				return alert.Medium
			},
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "IE") && request(m, f) && m.listed(f.Dst)
			},
			order: pair,
		},
		{
			id: "unusual_country", severity: always(alert.Low), observe: (*model).firstSeen,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "IE") && m.accepted(f) && request(m, f) && m.country(f.Dst) != ""
			},
			order: []string{"country"},
		},
		{
			id: "large_outbound_transfer", severity: always(alert.Medium), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, set detect.Settings) bool {
				return in(m, f, "IE") && m.accepted(f) && (set.IncludeReplies || m.role(f) != "reply")
			},
			order:  pair,
			weight: func(f *flow.Flow) uint64 { return f.Bytes }, counts: "bytes", over: true,
		},
		{
			id: "external_reject_sweep", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "EI") && rejected(f) && request(m, f)
			},
			order: source, value: destination,
		},
		{
			id: "internal_reject_sweep", severity: always(alert.Medium), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return in(m, f, "II") && rejected(f) && request(m, f)
			},
			order: source, value: destination,
		},
	}
	rules = append(rules, modelBeyond()...)
	return rules
}
