// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// outboundFlood detects an internal host that sends many packets to one external address and gets next to none back.
var outboundFlood = &Rule{
	ID:        "outbound_flood",
	Ruleset:   Beyond,
	Title:     "Outbound Flood to One External Address",
	Category:  "denial_of_service",
	Severity:  alert.High,
	Tactic:    impact,
	Technique: networkDenialOfService,
	Related:   []string{"T1499"},
	Impact: "A host in your network floods an external address. Bots do this when they take part in an attack on somebody else. It " +
		"costs you bandwidth, and others will block your addresses.",
	Mitigation: "Find the process on the source that sends the packets. If nobody can explain it, isolate the host: it is probably " +
		"compromised. Put destinations that never answer, such as log collectors over UDP, on the allowlist.",
	Unit:     alert.Packets,
	Keys:     []string{"threshold", "window", "quiet_period", "answered_below"},
	Defaults: Settings{Threshold: 10_000, Window: 10 * time.Minute, QuietPeriod: time.Hour, AnsweredBelow: 0.01},

	kind:       Sum,
	match:      Match{Class: toOutside, Role: []string{requestRole, unknownRole}, Action: isAccepted},
	key:        byPair,
	over:       true,
	unanswered: true,
	subject:    sourceSide,
	sentence: func(a *alert.Alert, _ details) string {
		return fmt.Sprintf("Internal host %s sent %s to %s%s%s, and next to none came back", a.Source, humanize.Count(measure(a), "packet", "packets"),
			a.Destination, inParentheses(a.DestinationCountry), in(a))
	},
}
