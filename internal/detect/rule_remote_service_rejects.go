// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// remoteServiceRejects detects a source that is rejected on SSH or RDP many times.
var remoteServiceRejects = &Rule{
	ID:        "remote_service_rejects",
	Title:     "Multiple REJECT Requests Over Remote Connection Ports From a Single Source",
	Ruleset:   Seed,
	Category:  "access",
	Severity:  alert.Low,
	Tactic:    initialAccess,
	Technique: externalRemoteServices,
	Related:   []string{"T1110"},
	Impact: "Somebody keeps trying to reach remote services that are closed to them. If one attempt succeeds, they may " +
		"take control of that host.",
	Mitigation: "Look for accepted connections from the same source; remote_service_brute_force reports them on these ports. " +
		"Block the source if it continues. If it is internal, find the process that makes these attempts.",
	Unit:     alert.Attempts,
	Keys:     []string{"threshold", "window", "quiet_period", "ports"},
	Defaults: Settings{Threshold: 10, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour, Ports: []int{22, 3389}},

	kind:    Distinct,
	match:   Match{Class: toInside, Action: isRejected, Protocol: tcpOrUDP},
	key:     bySource,
	count:   countAttempts,
	subject: destinationSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("%s %s made %s on %s%s", d.sourceKind(), a.Source,
			d.count(a, "rejected "+services(a)+" attempt", "rejected "+services(a)+" attempts"), d.targets(), in(a))
	},
}
