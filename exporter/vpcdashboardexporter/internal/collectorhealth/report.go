// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import "time"

// CollectorHealth is what the collector's own metrics say of the components that the flows and alerts came through. A
// number of a component that the collector does not run is zero, a list of it empty.
type CollectorHealth struct {
	// Unavailable says why there is nothing to say; empty where there is.
	Unavailable string `json:"unavailable,omitempty"`
	// Read is when the metrics were read.
	Read time.Time `json:"read"`

	// Receiver is about the vpc_flow receivers.
	Receiver ReceiverHealth `json:"receiver"`
	// Detection is about the vpc_detection processors.
	Detection DetectionHealth `json:"detection"`
	// ThreatLists are those that detection looks for, by name.
	ThreatLists []ThreatList `json:"threat_lists"`
	// Exporters are all exporters of logs, by name.
	Exporters []ExporterHealth `json:"exporters"`
}

// ReceiverHealth is about the vpc_flow receivers of a collector.
type ReceiverHealth struct {
	// Records were accepted by what comes next.
	Records uint64 `json:"records"`
	// BadLines could not be decoded, by reason. Refused were dropped because what comes next refused them, by kind.
	BadLines map[string]uint64 `json:"bad_lines"`
	Refused  map[string]uint64 `json:"refused"`
	// Files are counted by what came of reading them.
	Files map[string]uint64 `json:"files"`
}

// DetectionHealth is about the vpc_detection processors of a collector.
type DetectionHealth struct {
	// Evaluated are the flows that the rules saw, by role: request, reply or unknown.
	Evaluated map[string]uint64 `json:"evaluated"`
	// Evidence are the same flows by what told requests from replies: flags, ports or none.
	Evidence map[string]uint64 `json:"role_evidence"`
	// Skipped are the records that they did not see, by reason.
	Skipped map[string]uint64 `json:"skipped"`
	// Lag is how far the newest flow of each scope lies behind the clock.
	Lag map[string]time.Duration `json:"lag_ns"`
	// Ignored are the flows that each entry of an allowlist took from the rules.
	Ignored map[string]uint64 `json:"ignored"`
	// EvictedKeys were forgotten to stay within max_keys, by rule. EvictedScopes were too many.
	EvictedKeys   map[string]uint64 `json:"evicted_keys"`
	EvictedScopes uint64            `json:"evicted_scopes"`
	// PendingAlerts wait for the next component, LostAlerts were refused by it for good or for too long.
	PendingAlerts uint64 `json:"pending_alerts"`
	LostAlerts    uint64 `json:"lost_alerts"`
	// FailedCheckpoints are the times that state could not be written to the storage.
	FailedCheckpoints uint64 `json:"failed_checkpoints"`
}

// ThreatList is one list of addresses that detection looks for.
type ThreatList struct {
	Name string `json:"name"`
	// Entries are valid now. Age is how long ago the list was fetched or found unchanged, or its file written.
	Entries uint64        `json:"entries"`
	Age     time.Duration `json:"age_ns"`
	// Failures are the new copies that could not be had or were not taken, Matches the flows with an address on the list.
	Failures uint64 `json:"failures"`
	Matches  uint64 `json:"matches"`
}

// ExporterHealth is about one exporter of logs.
type ExporterHealth struct {
	// Name is its id in the configuration.
	Name string `json:"name"`
	// Sent and Failed are log records. Refused are those that found no place in the queue.
	Sent    uint64 `json:"sent"`
	Failed  uint64 `json:"failed"`
	Refused uint64 `json:"refused"`
	// Queued is how much waits in the queue, Capacity how much may; both are zero without a queue.
	Queued   uint64 `json:"queued"`
	Capacity uint64 `json:"capacity"`
}
