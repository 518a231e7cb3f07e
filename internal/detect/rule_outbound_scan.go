// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// outboundScan detects an internal host that tries many external services, none of which answers.
var outboundScan = &Rule{
	ID:        "outbound_scan",
	Ruleset:   Beyond,
	Title:     "Port or Host Scan (Internal to External)",
	Category:  "scan",
	Severity:  alert.Medium,
	Tactic:    discovery,
	Technique: networkServiceDiscovery,
	Related:   []string{"T1595"},
	Impact: "A host in your network scans the Internet. Worms and botnets look for their next victims like this. Others will " +
		"block your addresses and report them for abuse.",
	Mitigation: "Find the process on the source that makes these attempts. If nobody can explain it, isolate the host: it is " +
		"probably compromised. Put scanners and crawlers of your own on the allowlist.",
	Unit:     alert.Attempts,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 20, Window: 10 * time.Minute, QuietPeriod: time.Hour},

	kind:    Distinct,
	match:   Match{Class: toOutside, Outcome: isFailed},
	key:     bySource,
	count:   []Part{destinationPart, portPart},
	subject: sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("Internal host %s tried %s on %s%s%s without success", a.Source,
			d.count(a, "external service", "different external services"), d.targets(), onPorts(a), in(a))
	},
}
