// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// suspiciousDestination finds an internal host that calls a listed address. Answering one is no finding.
var suspiciousDestination = &Rule{
	ID:        "suspicious_destination",
	Title:     "Outbound Communication With Suspicious IP Addresses",
	Category:  "threat_intelligence",
	Severity:  alert.High,
	Tactic:    commandAndControl,
	Technique: applicationLayerProtocol,
	Related:   []string{"T1571"},
	Impact: "A host of yours starts conversations with an address known for malware, phishing or botnets. It may be under " +
		"somebody's command and be sending data out.",
	Mitigation: "Block the address, then find the process on the source that talks to it and treat the host as taken until " +
		"that is explained. If the list is wrong about the address, tell its keeper and put it on the ignore list.",
	Unit:     alert.Flows,
	Keys:     []string{"quiet_period"},
	Defaults: Settings{QuietPeriod: 24 * time.Hour},

	classes: []network.Class{network.InternalToExternal},
	sentence: func(a *alert.Alert, x extent) string {
		tried := "tried to reach"
		if x.reached {
			tried = "connected to"
		}
		return fmt.Sprintf("%s %s %s%s, which is on threat list %s%s", a.Source, tried, a.Destination, atPort(a), x.list, times(a))
	},
	build: func(b base) observer {
		return newEach(b, false, func(ev *Event) (finding, bool) {
			if !request(ev) {
				return finding{}, false
			}
			severity := alert.Medium
			if ev.accepted {
				severity = alert.High
			}
			match, listed := b.engine.listed(ev.Dst)
			return listedFinding(ev.Dst, match, severity), listed
		})
	},
}
