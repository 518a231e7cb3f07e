// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// internalSweep detects an internal host that tries one port of many internal hosts, none of which answers. Rejected attempts
// do not count: internal_reject_sweep reports them.
var internalSweep = &Rule{
	ID:        "internal_sweep",
	Ruleset:   Beyond,
	Title:     "Horizontal Scan on One Port (Internal to Internal)",
	Category:  "scan",
	Severity:  alert.Medium,
	Tactic:    discovery,
	Technique: remoteSystemDiscovery,
	Related:   []string{"T1046", "T1021"},
	Impact: "A host tries the same service on one internal address after another. Worms spread like this, and intruders look " +
		"for hosts that they can enter.",
	Mitigation: "Find the process on the source that makes these attempts. If nobody can explain it, isolate the host, and " +
		"check the hosts that answered it on this port. Put monitoring and inventory tools on the allowlist.",
	Unit:     alert.Destinations,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 10, Window: 10 * time.Minute, QuietPeriod: time.Hour},

	kind:    Distinct,
	match:   Match{Class: inside, Outcome: isFailed, Action: isAccepted},
	key:     bySourceAndPort,
	count:   countDestinations,
	subject: sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("Internal host %s tried port %s of %s%s; none of them answered", a.Source, port(a.DestinationPort),
			d.count(a, "internal host", "different internal hosts"), in(a))
	},
}
