// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

// Durations in seconds.
const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
)

// alignDown returns the largest multiple of width that is not after t.
func alignDown(t, width int64) int64 {
	return t - (t%width+width)%width
}
