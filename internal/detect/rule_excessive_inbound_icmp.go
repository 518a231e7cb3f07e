// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// excessiveInboundICMP detects a source that sends many ICMP packets, accepted or rejected.
var excessiveInboundICMP = &Rule{
	ID:        "excessive_inbound_icmp",
	Title:     "Excessive Inbound ICMP Traffic Observed",
	Ruleset:   Seed,
	Category:  "volume",
	Severity:  alert.Low,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1498"},
	Impact: "A flood of ICMP packets can map the network or exhaust its capacity. ICMP floods are a common form of " +
		"denial-of-service attack.",
	Mitigation: "Check whether one of your monitoring services sends these packets. If not, block the source and allow ICMP " +
		"only where it is needed. Keep path MTU discovery working.",
	Unit:     alert.Packets,
	Keys:     []string{"threshold", "window", "quiet_period", "include_internal"},
	Defaults: Settings{Threshold: 1000, Window: 5 * time.Minute, QuietPeriod: time.Hour},

	kind:  Sum,
	match: Match{Class: fromOutside, Role: []string{anyValue}, Protocol: []Protocol{icmp, icmpV6}},
	key:   bySource,
	// Inside the network both interfaces log the packets, so only ingress counts.
	unless: func(_ *shared, ev *Event) bool {
		return ev.class == network.InternalToInternal && ev.Direction == flow.Egress
	},
	subject: destinationSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("%s %s sent %s to %s%s%s", d.sourceKind(), a.Source, d.count(a, "ICMP packet", "ICMP packets"), d.targets(),
			in(a), outcome(a))
	},
}
