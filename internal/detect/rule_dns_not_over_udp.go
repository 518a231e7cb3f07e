// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// dnsNotOverUDP detects requests to port 53 over any protocol except UDP.
var dnsNotOverUDP = &Rule{
	ID:        "dns_not_over_udp",
	Title:     "DNS Request Not Over UDP",
	Ruleset:   Seed,
	Category:  "anomaly",
	Severity:  alert.Low,
	Tactic:    commandAndControl,
	Technique: applicationLayerProtocol,
	Related:   []string{"T1071.004", "T1572"},
	Impact: "Almost all DNS queries use UDP. Regular traffic over another protocol can be a tunnel that carries stolen " +
		"data or commands through an open port.",
	Mitigation: "Find out who owns the destination and which process on the source connects to it. Zone transfers and very " +
		"large responses are legitimate: put those resolvers on the allowlist. Allow hosts to use only your own " +
		"resolvers.",
	Unit:     alert.Flows,
	Keys:     []string{"quiet_period"},
	Defaults: Settings{QuietPeriod: 24 * time.Hour},

	kind: Each,
	match: Match{
		Class: []string{internalToInternal, internalToExternal}, Port: []PortRange{{First: 53, Last: 53}},
		Not: &Match{Protocol: []Protocol{udp}},
	},
	key:     byPair,
	subject: sourceSide,
	sentence: func(a *alert.Alert, _ details) string {
		return fmt.Sprintf("%s sent DNS traffic to %s over %s instead of udp%s", a.Source, a.Destination, a.Transport, repeated(a)+unlessAccepted(a))
	},
}
