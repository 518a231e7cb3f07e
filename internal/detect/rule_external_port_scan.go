// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// externalPortScan detects an external address that tries many ports, whether they are open or not. By default it counts
// the ports of one source over all hosts.
var externalPortScan = &Rule{
	ID:        "external_port_scan",
	Title:     "Potential Port Scanning Detected (External to Internal)",
	Ruleset:   Seed,
	Category:  "scan",
	Severity:  alert.Low,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1595.001"},
	Impact: "Somebody outside the network is looking for open ports and the services behind them. Public addresses are " +
		"scanned all the time, so what matters is which ports accepted connections.",
	Mitigation: "If ports were accepted, check whether those services must be public, and close the others. Block the source " +
		"if it continues, and put scanners that you ordered on the allowlist.",
	Unit:     alert.Ports,
	Keys:     []string{"threshold", "window", "quiet_period", "group_by"},
	Defaults: Settings{Threshold: 20, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour, GroupBy: BySource},

	kind:    Distinct,
	match:   Match{Class: fromOutside, Protocol: tcpOrUDP},
	key:     bySource,
	count:   countPorts,
	subject: destinationSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("External host %s tried %s of %s%s%s", a.Source, d.count(a, "port", "different ports"), d.targets(), in(a), outcome(a))
	},
}
