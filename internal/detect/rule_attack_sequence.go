// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// attackSequenceRule detects a host about which other rules have opened alerts of several stages of an attack. It watches
// alerts instead of flows.
var attackSequenceRule = &Rule{
	ID:        "attack_sequence",
	Title:     "Multi-Stage Attack on One Host",
	Ruleset:   Beyond,
	Category:  "attack_sequence",
	Severity:  alert.Critical,
	Tactic:    lateralMovement,
	Technique: remoteServices,
	Impact: "Several alerts about the same host within a day are probably one intrusion: someone entered the host, looked around, " +
		"moved on, or sent data out.",
	Mitigation: "Isolate the host and keep its disk and memory for the investigation. Follow the stages in order of time. Check " +
		"every host that it connected to, and revoke the credentials that were stored on it.",
	Unit:     alert.Stages,
	Keys:     []string{"stages", "window", "quiet_period"},
	Defaults: Settings{Stages: 3, Window: 24 * time.Hour, QuietPeriod: 24 * time.Hour},

	kind:       AlertStages,
	key:        bySource,
	wholeScope: true,
	subject:    sourceSide,
	sentence: func(a *alert.Alert, d details) string {
		return a.Source.String() + ": " + strings.Join(d.Steps, ", ")
	},
}
