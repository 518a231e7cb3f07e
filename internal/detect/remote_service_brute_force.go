// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// remoteServiceBruteForce finds a source that is refused at SSH or RDP again and again and then gets in. Attempts that
// never succeed are remote_service_rejects.
var remoteServiceBruteForce = &Rule{
	ID:        "remote_service_brute_force",
	Title:     "Possible Brute Force Attack Over Remote Service Ports",
	Category:  "access",
	Severity:  alert.High,
	Tactic:    lateralMovement,
	Technique: remoteServices,
	Related:   []string{"T1110"},
	Impact: "After several refused attempts a remote service let the source through. If the credentials or the way in were " +
		"guessed, somebody can now work on that host and go on from there.",
	Mitigation: "Look at the logins on the destination at that time and end sessions that nobody can explain. Close the port " +
		"to networks that do not need it, and allow keys or a bastion host only.",
	Unit:     alert.Attempts,
	Keys:     []string{"failures", "window", "quiet_period", "ports"},
	Defaults: Settings{Failures: 5, Window: time.Hour, QuietPeriod: time.Hour, Ports: []int{22, 3389}},

	classes: eitherToInternal,
	sentence: func(a *alert.Alert, x extent) string {
		return fmt.Sprintf("%s got through to %s port %d after %s at %s %s", a.Source, a.Destination, a.DestinationPort,
			x.count(a, "refused attempt", "refused attempts"), x.targets(a, "hosts"), span(a))
	},
	build: newSequence,
}
