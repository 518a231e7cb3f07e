// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// remoteServiceBruteForce detects a source that is rejected on SSH or RDP many times and then accepted.
// remote_service_rejects reports attempts that never succeed.
var remoteServiceBruteForce = &Rule{
	ID:        "remote_service_brute_force",
	Title:     "Possible Brute Force Attack Over Remote Service Ports",
	Ruleset:   Seed,
	Category:  "access",
	Severity:  alert.High,
	Tactic:    lateralMovement,
	Technique: remoteServices,
	Related:   []string{"T1110"},
	BestFit:   &Fit{credentialAccess, bruteForce},
	Impact: "A connection to a remote service was accepted after several attempts were rejected. If it was an attacker, " +
		"they may now control the destination and continue from there.",
	Mitigation: "Flow logs do not show whether a login succeeded. Check the logins on the destination at that time and end " +
		"unexplained sessions. Close the port to networks that do not need it, and require keys or a bastion host.",
	Unit:     alert.Attempts,
	Keys:     []string{"failures", "window", "quiet_period", "ports"},
	Defaults: Settings{Failures: 5, Window: time.Hour, QuietPeriod: time.Hour, Ports: []int{22, 3389}},

	kind:    Sequence,
	match:   Match{Class: toInside, Action: isRejected, Protocol: tcpOrUDP},
	then:    &Match{Class: toInside, Action: isAccepted, Protocol: tcpOrUDP},
	key:     bySource,
	count:   countAttempts,
	subject: destinationSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("%s %s connected to %s port %s after %s on %s%s", d.sourceKind(), a.Source, a.Destination, port(a.DestinationPort),
			d.count(a, "rejected attempt", "rejected attempts"), d.targets(), in(a))
	},
}
