// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package findings

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// Finding is one statement about the quality of the data, with advice.
type Finding struct {
	Title string
	Value string
	Level Level
	Hint  string
}

// Level says whether a Finding needs attention.
type Level string

// The levels.
const (
	Good    Level = "good"
	Note    Level = "note"
	Problem Level = "problem"
)

const (
	day = 24 * time.Hour
	// maxLag is the largest normal difference between event time and clock. AWS aggregates for up to ten minutes and
	// delivers up to ten minutes later. Delivery to S3 often takes five more.
	maxLag = 30 * time.Minute
)

// countsFinding lists counts by reason, and reports whether there are any.
func countsFinding(title string, counts map[string]uint64, level Level, hint string) (Finding, bool) {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		if counts[reason] > 0 {
			parts = append(parts, humanize.Comma(counts[reason])+" "+strings.ReplaceAll(reason, "_", " "))
		}
	}
	return Finding{title, strings.Join(parts, ", "), level, hint}, len(parts) > 0
}
