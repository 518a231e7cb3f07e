// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

// RoleEvidence says how the initiator of a conversation was determined from the flow of one direction.
type RoleEvidence string

const (
	// ByFlags means by the TCP flags.
	ByFlags RoleEvidence = "flags"
	// ByPorts means by the port numbers only.
	ByPorts RoleEvidence = "ports"
	// ByNone means that the source of the flow was assumed to be the initiator.
	ByNone RoleEvidence = "none"
)
