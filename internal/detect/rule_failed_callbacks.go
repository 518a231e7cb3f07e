// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// failedCallbacks detects an internal host that tries one external service again and again without success. Malware does so
// when its server is gone or blocked.
var failedCallbacks = &Rule{
	ID:        "failed_callbacks",
	Ruleset:   Beyond,
	Title:     "Repeated Failed Connections to One External Service",
	Category:  "command_and_control",
	Severity:  alert.Medium,
	Tactic:    commandAndControl,
	Technique: fallbackChannels,
	Related:   []string{"T1071", "T1571"},
	Impact: "A program on the host keeps calling an external service that does not answer. Malware does this when its server " +
		"has been shut down or blocked, and it may have other servers.",
	Mitigation: "Find the process on the source that makes the calls. If it is a service of yours, correct its address. If " +
		"nobody can explain it, treat the host as compromised, and look for connections of it that succeeded.",
	Unit:     alert.Attempts,
	Keys:     []string{"threshold", "window", "quiet_period"},
	Defaults: Settings{Threshold: 20, Window: time.Hour, QuietPeriod: 24 * time.Hour},

	kind:    Distinct,
	match:   Match{Class: toOutside, Outcome: isFailed},
	key:     byPairAndPort,
	count:   []Part{sourcePortPart},
	subject: sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("Internal host %s failed to connect to %s%s%s in %s%s", a.Source, a.Destination, inParentheses(a.DestinationCountry),
			onPort(a), d.count(a, "attempt", "attempts"), in(a))
	},
}
