// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// maliciousRemoteAccess detects an address on a threat list that connects to SSH or RDP.
var maliciousRemoteAccess = &Rule{
	ID:        "malicious_remote_access",
	Title:     "Incoming Requests Over Remote Service Ports Accepted From Malicious IP",
	Ruleset:   Seed,
	Category:  "threat_intelligence",
	Severity:  alert.High,
	Tactic:    lateralMovement,
	Technique: remoteServices,
	Related:   []string{"T1133"},
	Impact: "An address that is known for attacks can reach a remote service in your network. One weak password or " +
		"unpatched service is enough for a break-in.",
	Mitigation: "Close the port to the internet, or block this address now. Check all logins on the destination since then. " +
		"If one of them is not legitimate, treat the host as compromised.",
	Unit:     alert.Flows,
	Keys:     []string{"quiet_period", "ports"},
	Defaults: Settings{QuietPeriod: 24 * time.Hour, Ports: []int{22, 3389}},

	kind:    Each,
	match:   Match{Class: fromOutside, Action: isAccepted, Protocol: tcpOrUDP, SourceList: onAnyList},
	key:     byPairAndPort,
	subject: destinationSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("%s (on threat list %s) connected to %s%s%s", a.Source, d.List, a.Destination, onPort(a), repeated(a))
	},
}
