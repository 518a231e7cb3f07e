// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// externalSweep detects an external address whose packets reach one port of many internal hosts. external_reject_sweep reports
// rejected packets.
var externalSweep = &Rule{
	ID:        "external_sweep",
	Ruleset:   Beyond,
	Title:     "External Address Accepted by Many Hosts on One Port",
	Category:  "scan",
	Severity:  alert.Low,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1190"},
	Impact: "Somebody outside reaches the same port of one host after another, and neither security groups nor network ACLs stop " +
		"the packets. Each of these hosts can be attacked over this port.",
	Mitigation: "Check whether all of these hosts must be reachable on this port. If not, restrict their security groups. Block the " +
		"source if nobody knows it, and check which of the hosts it exchanged data with.",
	Unit:     alert.Destinations,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 20, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour},

	kind:    Distinct,
	match:   Match{Class: fromOutside, Action: isAccepted, Protocol: tcpOrUDP},
	key:     bySourceAndPort,
	count:   countDestinations,
	subject: destinationSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("External host %s reached port %s of %s%s", a.Source, port(a.DestinationPort),
			d.count(a, "internal host", "different internal hosts"), in(a))
	},
}
