// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// internalPortScan detects an internal host that tries many ports on another internal host, whether they are open or not.
var internalPortScan = &Rule{
	ID:        "internal_port_scan",
	Title:     "Potential Port Scanning Detected (Internal to Internal)",
	Ruleset:   Seed,
	Category:  "scan",
	Severity:  alert.Medium,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1046"},
	BestFit:   &Fit{discovery, networkServiceDiscovery},
	Impact: "A port scan from inside the network often means that a host is compromised. Attackers scan a host before " +
		"they attack it.",
	Mitigation: "Find the process on the source that scans. Put known vulnerability scanners and inventory tools on the " +
		"allowlist. Otherwise isolate the source and check the ports that it reached.",
	Unit:     alert.Ports,
	Keys:     []string{"threshold", "window", "quiet_period", "group_by"},
	Defaults: Settings{Threshold: 25, Window: 10 * time.Minute, QuietPeriod: time.Hour, GroupBy: BySourceDestination},

	kind:    Distinct,
	match:   Match{Class: inside, Protocol: tcpOrUDP},
	key:     byPair,
	count:   countPorts,
	subject: sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("Internal host %s tried %s of %s%s%s", a.Source, d.count(a, "port", "different ports"), d.targets(), in(a), outcome(a))
	},
}
