// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// suspiciousDestination detects an internal host that connects to an address on a threat list. Replies do not count.
var suspiciousDestination = &Rule{
	ID:        "suspicious_destination",
	Title:     "Outbound Communication With Suspicious IP Addresses",
	Ruleset:   Seed,
	Category:  "threat_intelligence",
	Severity:  alert.High,
	Tactic:    commandAndControl,
	Technique: applicationLayerProtocol,
	Related:   []string{"T1571"},
	Impact: "A host in your network connects to an address that is known for malware, phishing or botnets. An attacker " +
		"may control the host and use the connection to steal data.",
	Mitigation: "Block the address. Find the process on the source that connects to it, and treat the host as compromised " +
		"until you can explain the connection. If the list is wrong, report it to the list's provider and put the " +
		"address on the allowlist.",
	Unit:     alert.Flows,
	Keys:     []string{"quiet_period"},
	Defaults: Settings{QuietPeriod: 24 * time.Hour},

	kind:  Each,
	match: Match{Class: toOutside, DestinationList: onAnyList},
	key:   byPair,
	severityOf: func(ev *Event, _ *Settings) alert.Severity {
		if ev.accepted {
			return alert.High
		}
		return alert.Medium
	},
	subject: sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		tried := "tried to connect to"
		if d.Reached {
			tried = "connected to"
		}
		return fmt.Sprintf("%s %s %s (on threat list %s)%s%s", a.Source, tried, a.Destination, d.List, onPort(a), repeated(a))
	},
}
