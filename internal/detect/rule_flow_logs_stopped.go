// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// FlowLogsStopped detects a scope or VPC that used to log and falls silent. The processor evaluates it, because it needs a
// clock. It is therefore not one of [Rules].
var FlowLogsStopped = &Rule{
	ID:        "flow_logs_stopped",
	Title:     "Flow Logs Have Stopped",
	Ruleset:   Beyond,
	Category:  "silence",
	Severity:  alert.Medium,
	Tactic:    alert.Tactic{ID: "TA0005", Name: "Defense Evasion"},
	Technique: alert.Technique{ID: "T1562.008", Name: "Disable or Modify Cloud Logs"},
	Impact: "Attackers turn logging off before they continue. Without flow logs, no other rule sees what happens in this account or " +
		"VPC.",
	Mitigation: "Look in CloudTrail for DeleteFlowLogs and for changes of the bucket, of its policy and of the role that delivers the " +
		"logs. Turn the flow logs on again.",
	Unit:     alert.Seconds,
	Keys:     []string{"silence"},
	Defaults: Settings{Silence: time.Hour, MaxKeys: 10_000},

	subject: sourceSide,
}
