// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// unusualCountry detects the first connection of a scope to a country within the retention.
var unusualCountry = &Rule{
	ID:        "unusual_country",
	Title:     "Outbound Traffic to an Unusual Geo Location",
	Ruleset:   Seed,
	Category:  "first_seen",
	Severity:  alert.Low,
	Tactic:    commandAndControl,
	Technique: applicationLayerProtocol,
	Related:   []string{"T1041"},
	Impact:    "Traffic to a country where you do no business can mean that a host or an account is compromised.",
	Mitigation: "Find out who owns the destination and which process on the source connects to it. If a service that you use " +
		"has moved, do nothing: the country is now known.",
	Unit:     alert.Flows,
	Keys:     []string{"retention", "learning_period"},
	Defaults: Settings{Retention: 30 * 24 * time.Hour, LearningPeriod: 7 * 24 * time.Hour},

	kind:    FirstSeen,
	match:   Match{Class: toOutside, Action: isAccepted},
	key:     byCountry,
	subject: sourceSide,

	wholeScope: true,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("%s connected to %s in %s%s, the first traffic to this country in %s", a.Source, a.Destination,
			a.DestinationCountry, onPort(a), humanize.Seconds(d.Retention))
	},
}
