// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// rejectedInternalScan finds an internal host that tries door after door inside the network and finds them closed.
// Answers to somebody's attempts are not attempts, and what both interfaces log is one attempt.
var rejectedInternalScan = &Rule{
	ID:        "rejected_internal_scan",
	Title:     "Rejected Internal Scanning Attempts",
	Category:  "scan",
	Severity:  alert.Medium,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1046"},
	Impact: "A host inside the network is looking for services that it may not reach. Malware and intruders do that to " +
		"find the next host to take; so does a misconfigured client.",
	Mitigation: "Find out what runs on the source and whether it should try these addresses. If not, isolate it and find " +
		"out how it was taken. Check that security groups and network ACLs refuse what they should.",
	Unit:     alert.Attempts,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 25, Window: 10 * time.Minute, QuietPeriod: time.Hour},

	classes: []network.Class{network.InternalToInternal},
	sentence: func(a *alert.Alert, x extent) string {
		return fmt.Sprintf("%s was refused by %s on %s %s", a.Source,
			x.count(a, "internal service", "different internal services"), x.targets(a, "hosts"), span(a))
	},
	build: func(b base) observer { return newDistinct(b, false, destinationService, rejectedRequest) },
}
