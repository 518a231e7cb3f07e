// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// longConnection detects a connection to an external host that stays open for half a day. It is off by default, because many
// devices keep a connection to the service of their vendor.
var longConnection = &Rule{
	ID:        "long_connection",
	Ruleset:   Beyond,
	Title:     "Long-Lived Outbound Connection",
	Category:  "command_and_control",
	Severity:  alert.Low,
	Tactic:    commandAndControl,
	Technique: applicationLayerProtocol,
	Related:   []string{"T1571"},
	Impact: "A program on the host has kept one connection to an external host open for hours. Remote control tools do this, but " +
		"so do agents and devices that wait for messages.",
	Mitigation: "Find the process on the source and the owner of the destination. If a service of yours keeps the connection, put " +
		"the destination on the allowlist. If nobody can explain it, treat the host as compromised.",
	Unit:     alert.Intervals,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 68, Window: 12 * time.Hour, QuietPeriod: 7 * 24 * time.Hour},
	Off:      true,

	kind:     Distinct,
	match:    Match{Class: toOutside, Action: isAccepted, Protocol: []Protocol{tcp}},
	unless:   func(_ *shared, ev *Event) bool { return !hasFlags(&ev.Flow) || ev.Flags&(syn|fin|rst) != 0 },
	key:      byConnection,
	interval: 600,
	subject:  sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("Internal host %s kept a connection to %s%s%s open: traffic in %s of 10 min%s", a.Source, a.Destination,
			inParentheses(a.DestinationCountry), onPort(a), d.count(a, "interval", "intervals"), in(a))
	},
}
