// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// newInternalPeer detects two internal hosts that connect for the first time within the retention.
var newInternalPeer = &Rule{
	ID:        "new_internal_peer",
	Title:     "Internal Communication with a New IP Address",
	Ruleset:   Seed,
	Category:  "first_seen",
	Severity:  alert.Low,
	Tactic:    exfiltration,
	Technique: exfiltrationOverC2,
	Related:   []string{"T1021"},
	BestFit:   &Fit{lateralMovement, remoteServices},
	Impact: "Hosts usually communicate with the same few peers. A new connection inside the network can be a new " +
		"deployment or an attacker who moves between hosts.",
	Mitigation: "Check that both hosts are known and that somebody can explain the connection. Otherwise check what the " +
		"source did before and what happened on the destination afterward.",
	Unit:     alert.Flows,
	Keys:     []string{"retention", "learning_period"},
	Defaults: Settings{Retention: 30 * 24 * time.Hour, LearningPeriod: 7 * 24 * time.Hour, MaxKeys: 5_000_000},

	kind:    FirstSeen,
	match:   Match{Class: inside, Action: isAccepted, Protocol: tcpOrUDP},
	key:     byPair,
	subject: sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("%s connected to %s%s for the first time in %s", a.Source, a.Destination, onPort(a),
			humanize.Seconds(d.Retention))
	},
}
