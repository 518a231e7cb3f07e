// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// dnsNotOverUDP finds requests to port 53 over anything but UDP.
var dnsNotOverUDP = &Rule{
	ID:        "dns_not_over_udp",
	Title:     "DNS Request Not Over UDP",
	Category:  "anomaly",
	Severity:  alert.Low,
	Tactic:    commandAndControl,
	Technique: applicationLayerProtocol,
	Related:   []string{"T1071.004", "T1572"},
	Impact: "Name look-ups hardly ever need anything but UDP. A steady stream over TCP may be a tunnel that carries data out " +
		"or commands in through a port that firewalls let pass.",
	Mitigation: "Look up who the destination is and what on the source talks to it. Zone transfers and very large answers " +
		"are legitimate: put such resolvers on the ignore list. Let hosts use your own resolvers only.",
	Unit:     alert.Flows,
	Keys:     []string{"quiet_period"},
	Defaults: Settings{QuietPeriod: 24 * time.Hour},

	classes: []network.Class{network.InternalToInternal, network.InternalToExternal},
	sentence: func(a *alert.Alert, _ extent) string {
		return fmt.Sprintf("%s asked %s on port 53 over %s instead of udp%s", a.Source, a.Destination, a.Transport, times(a))
	},
	build: func(b base) observer {
		return newEach(b, false, func(ev *Event) (finding, bool) {
			return finding{severity: b.Severity}, ev.DstPort == 53 && ev.Protocol != udp && request(ev)
		})
	},
}
