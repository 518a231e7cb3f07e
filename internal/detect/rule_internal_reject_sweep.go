// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// internalRejectSweep detects an internal host that is rejected by many other hosts.
var internalRejectSweep = &Rule{
	ID:        "internal_reject_sweep",
	Title:     "Multiple REJECT Requests From a Single Source to Multiple Destinations (Internal to Internal)",
	Ruleset:   Seed,
	Category:  "scan",
	Severity:  alert.Medium,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1046", "T1018"},
	BestFit:   &Fit{discovery, networkServiceDiscovery},
	Impact: "A host inside the network tries one address after another and is rejected. Worms do this, and so do " +
		"intruders who look for their next target.",
	Mitigation: "Find the process on the source that makes these attempts. If nobody can explain it, isolate the host and " +
		"look for accepted connections from it.",
	Unit:     alert.Destinations,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 10, Window: 10 * time.Minute, QuietPeriod: time.Hour},

	kind:    Distinct,
	match:   Match{Class: inside, Action: isRejected},
	key:     bySource,
	count:   countDestinations,
	subject: sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("Internal host %s made rejected attempts to reach %s%s%s", a.Source, d.count(a, "internal host", "different internal hosts"),
			onPorts(a), in(a))
	},
}
