// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// rejectedInternalScan detects an internal host that tries many internal services and is rejected. Replies do not count,
// and a flow that both interfaces log counts once.
var rejectedInternalScan = &Rule{
	ID:        "rejected_internal_scan",
	Title:     "Rejected Internal Scanning Attempts",
	Ruleset:   Seed,
	Category:  "scan",
	Severity:  alert.Medium,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1046"},
	BestFit:   &Fit{discovery, networkServiceDiscovery},
	Impact: "The host looks for internal services that it is not allowed to reach. Malware and intruders do this to find " +
		"their next target. A misconfigured client can look the same.",
	Mitigation: "Find the process on the source that makes these attempts. If nobody can explain it, isolate the host and " +
		"investigate how it was compromised. Put known scanners on the allowlist.",
	Unit:     alert.Attempts,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 25, Window: 10 * time.Minute, QuietPeriod: time.Hour},

	kind:    Distinct,
	match:   Match{Class: inside, Action: isRejected},
	key:     bySource,
	count:   countServices,
	subject: sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("Internal host %s made rejected attempts to reach %s on %s%s", a.Source,
			d.count(a, "service", "different services"), d.targets(), in(a))
	},
}
