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

// excessiveInboundICMP finds a source that sends very many ICMP packets, whether they are let in or not.
var excessiveInboundICMP = &Rule{
	ID:        "excessive_inbound_icmp",
	Title:     "Excessive Inbound ICMP Traffic Observed",
	Category:  "volume",
	Severity:  alert.Low,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1498"},
	Impact: "A flood of ICMP packets maps the network or wears it down; floods by way of broadcast or spoofed addresses are " +
		"known denial-of-service attacks.",
	Mitigation: "See whether a monitoring service of yours is behind it. If not, let ICMP in only from where it is needed, " +
		"but keep path MTU discovery working, and block the source.",
	Unit:     alert.Packets,
	Keys:     []string{"threshold", "window", "quiet_period", "include_internal"},
	Defaults: Settings{Threshold: 1000, Window: 5 * time.Minute, QuietPeriod: time.Hour},

	classes: eitherToInternal,
	sentence: func(a *alert.Alert, x extent) string {
		return fmt.Sprintf("%s sent %s %s", a.Source, x.count(a, "ICMP packet", "ICMP packets"), span(a))
	},
	build: func(b base) observer {
		return newSum(b, false, b.set.Threshold, func(ev *Event) bool {
			if ev.Protocol != icmp && ev.Protocol != icmpV6 {
				return false
			}
			// Both interfaces log what is sent inside the network: only what arrives counts.
			return ev.class == network.ExternalToInternal || b.set.IncludeInternal && ev.Direction != flow.Egress
		})
	},
}
