// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package collectorhealth

import "time"

// Report is the state of the collector's components according to its own metrics. Numbers of a component that the collector does
// not run are zero, and its lists are empty.
type Report struct {
	// Unavailable says why the metrics could not be read. It is empty if they were.
	Unavailable string `json:"unavailable,omitempty"`
	// Read is the time at which the metrics were read.
	Read time.Time `json:"read"`

	// Receiver describes all vpc_flow receivers together.
	Receiver Receiver `json:"receiver"`
	// Detection describes all vpc_detection processors together.
	Detection Detection `json:"detection"`
	// ThreatLists are the threat lists of vpc_detection, by name.
	ThreatLists []ThreatList `json:"threat_lists"`
	// Exporters are all exporters of logs, by name.
	Exporters []Exporter `json:"exporters"`
}

// Receiver is the state of the vpc_flow receivers.
type Receiver struct {
	// Records counts the records that the next component accepted.
	Records uint64 `json:"records"`
	// BadLines counts lines that could not be decoded, by reason.
	BadLines map[string]uint64 `json:"bad_lines"`
	// Refused counts records that were dropped because the next component refused them, by kind of error.
	Refused map[string]uint64 `json:"refused"`
	// Files counts files by the outcome of reading them.
	Files map[string]uint64 `json:"files"`
}

// Detection is the state of the vpc_detection processors.
type Detection struct {
	// Evaluated counts the evaluated flows by role: request, reply or unknown.
	Evaluated map[string]uint64 `json:"evaluated"`
	// RoleEvidence counts the same flows by what determined their role: flags, ports or none.
	RoleEvidence map[string]uint64 `json:"role_evidence"`
	// Skipped counts the records that the rules did not evaluate, by reason.
	Skipped map[string]uint64 `json:"skipped"`
	// Lag is how far the newest flow of each scope is behind the clock.
	Lag map[string]time.Duration `json:"lag_ns"`
	// Untimely counts the flows of each scope that were all late or out of range. Other scopes are absent.
	Untimely map[string]uint64 `json:"untimely"`
	// Ignored counts the flows that matched an allowlist entry, by entry.
	Ignored map[string]uint64 `json:"ignored"`
	// EvictedKeys counts the keys evicted because of max_keys, by rule. EvictedScopes counts evicted scopes.
	EvictedKeys   map[string]uint64 `json:"evicted_keys"`
	EvictedScopes uint64            `json:"evicted_scopes"`
	// PendingAlerts wait for the next component. LostAlerts were refused permanently or for too long.
	PendingAlerts uint64 `json:"pending_alerts"`
	LostAlerts    uint64 `json:"lost_alerts"`
	// FailedCheckpoints counts failures to save the state to the storage.
	FailedCheckpoints uint64 `json:"failed_checkpoints"`
}

// ThreatList is the state of one threat list.
type ThreatList struct {
	Name string `json:"name"`
	// Entries counts the valid entries.
	Entries uint64 `json:"entries"`
	// Age is the time since the list was fetched or confirmed as unchanged, or since its file was written.
	Age time.Duration `json:"age_ns"`
	// Failures counts the updates that failed.
	Failures uint64 `json:"failures"`
	// Matches counts the flows with an address on the list.
	Matches uint64 `json:"matches"`
}

// Exporter is the state of one exporter of logs.
type Exporter struct {
	// Name is the component id.
	Name string `json:"name"`
	// Sent and Failed count log records. Refused counts log records for which the queue had no room.
	Sent    uint64 `json:"sent"`
	Failed  uint64 `json:"failed"`
	Refused uint64 `json:"refused"`
	// Queued and Capacity are the length and the capacity of the queue. Both are zero without a queue.
	Queued   uint64 `json:"queued"`
	Capacity uint64 `json:"capacity"`
}
