// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

// Status is where in its episode an alert stands.
type Status string

const (
	// Opened is the status of the first alert of an episode.
	Opened Status = "opened"
	// Updated is the status of a later alert, sent because the finding grew or went on for long.
	Updated Status = "updated"
	// Resolved is the status of the last alert, sent when the condition has not held for the quiet period.
	Resolved Status = "resolved"
)

// Valid reports whether the status is one of the three.
func (s Status) Valid() bool {
	return s == Opened || s == Updated || s == Resolved
}

// Unit is what the measure of an alert counts.
type Unit string

// The units that rules measure in.
const (
	Ports        Unit = "ports"
	Destinations Unit = "destinations"
	Attempts     Unit = "attempts"
	Packets      Unit = "packets"
	Bytes        Unit = "bytes"
	Flows        Unit = "flows"
)

// RoleEvidence is how the initiator of a conversation was told from one direction of it.
type RoleEvidence string

const (
	// ByFlags means that the TCP flags told.
	ByFlags RoleEvidence = "flags"
	// ByPorts means that only the port numbers told.
	ByPorts RoleEvidence = "ports"
	// ByNone means that nothing told, and the flow was taken as it came.
	ByNone RoleEvidence = "none"
)
