// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// externalRejectSweep detects an external address that is rejected by many hosts.
var externalRejectSweep = &Rule{
	ID:        "external_reject_sweep",
	Title:     "Multiple REJECT Requests From a Single Source to Multiple Destinations (External to Internal)",
	Ruleset:   Seed,
	Category:  "scan",
	Severity:  alert.Low,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1595.001"},
	Impact: "Somebody outside is checking which of your addresses respond. Most sweeps lead to nothing, but many attacks " +
		"start this way.",
	Mitigation: "These attempts were rejected. Look for accepted connections from the same source, and block it if it " +
		"continues. Check that security groups and network ACLs reject what they should.",
	Unit:     alert.Destinations,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 10, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour},

	kind:    Distinct,
	match:   Match{Class: fromOutside, Action: isRejected},
	key:     bySource,
	count:   countDestinations,
	subject: destinationSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("External host %s made rejected attempts to reach %s%s%s", a.Source, d.count(a, "internal host", "different internal hosts"),
			onPorts(a), in(a))
	},
}
