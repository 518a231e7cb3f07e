// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// largeOutboundTransfer detects an internal host that sends much data to one external address. By default, replies do not
// count: sending them is what servers do.
var largeOutboundTransfer = &Rule{
	ID:        "large_outbound_transfer",
	Title:     "Anomalous Outbound Data Transferred",
	Ruleset:   Seed,
	Category:  "volume",
	Severity:  alert.Medium,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1048"},
	BestFit:   &Fit{exfiltration, exfiltrationOverOther},
	Impact: "A host sent a large amount of data to one external address. This can be a backup or an upload, or somebody " +
		"stealing your data.",
	Mitigation: "Find out what the source sent and who owns the destination. Put expected upload destinations on the " +
		"allowlist, and raise the threshold where such transfers are normal.",
	Unit:     alert.Bytes,
	Keys:     []string{"threshold", "window", "quiet_period", "include_replies"},
	Defaults: Settings{Threshold: 20_000_000, Window: time.Hour, QuietPeriod: 6 * time.Hour},

	kind:    Sum,
	match:   Match{Class: toOutside, Role: []string{requestRole, unknownRole}, Action: isAccepted},
	key:     byPair,
	over:    true,
	subject: sourceSide,
	sentence: func(a *alert.Alert, _ details) string {
		return fmt.Sprintf("%s sent %s to %s%s%s", a.Source, humanize.Bytes(measure(a)), a.Destination, inParentheses(a.DestinationCountry), in(a))
	},
}
