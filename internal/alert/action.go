// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import "github.com/vpcflow/otelcol-vpcflow/internal/flow"

// actions are the rules that count flows of one action only.
var actions = map[string]flow.Action{
	"rejected_internal_scan":  flow.Reject,
	"malicious_remote_access": flow.Accept,
	"new_internal_peer":       flow.Accept,
	"remote_service_rejects":  flow.Reject,
	"unusual_country":         flow.Accept,
	"large_outbound_transfer": flow.Accept,
	"external_reject_sweep":   flow.Reject,
	"internal_reject_sweep":   flow.Reject,
}

// Action returns the action of all flows that a rule counts, or flow.NoAction if they may have different ones.
func Action(rule string) flow.Action { return actions[rule] }
