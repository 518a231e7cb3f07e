// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// dnsNotOverUDP detects requests to port 53 over any protocol except UDP.
var dnsNotOverUDP = &Rule{
	ID:        "dns_not_over_udp",
	Title:     "DNS Request Not Over UDP",
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

	classes: []network.Class{network.InternalToInternal, network.InternalToExternal},
	subject: sourceSide,
	sentence: func(a *alert.Alert, _ details) string {
		return fmt.Sprintf("%s sent DNS traffic to %s over %s instead of udp%s", a.Source, a.Destination, a.Transport, repeated(a)+unlessAccepted(a))
	},
	build: func(b base) observer {
		return newEach(b, byPair, func(ev *Event) (finding, bool) {
			return finding{severity: b.Severity}, ev.DstPort == 53 && ev.Protocol != udp && request(ev)
		})
	},
}
