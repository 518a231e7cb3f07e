// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

// Status is what an alert reports about its episode.
type Status string

const (
	// Opened is the status of the first alert of an episode.
	Opened Status = "opened"
	// Updated is the status of a later alert. It is sent when the measure grows, and periodically while the episode is open.
	Updated Status = "updated"
	// Resolved is the status of the last alert. It is sent when the condition was not fulfilled for the quiet period.
	Resolved Status = "resolved"
)

// Valid reports whether the status is opened, updated or resolved.
func (s Status) Valid() bool {
	return s == Opened || s == Updated || s == Resolved
}
