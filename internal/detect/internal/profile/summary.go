// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package profile

import (
	"cmp"
	"slices"
)

// Summary is the distribution of the maxima of all keys.
type Summary struct {
	// Keys is the number of keys.
	Keys int64
	// Approximate is the number of keys from the histogram, whose measure may be up to one eighth too low.
	Approximate int64
	// Top lists the keys with the highest measures, highest first. These measures are exact.
	Top []Ranked

	counts []count // in order of the measure
}

// count is the number of keys with the same maximum.
type count struct{ measure, keys int64 }

func compareCounts(a, b count) int { return cmp.Compare(a.measure, b.measure) }

// Percentile returns the lowest measure that at least the given percentage of keys do not exceed, or 0 if there are no
// keys.
func (s *Summary) Percentile(percent int64) int64 {
	rank := (s.Keys*percent + 99) / 100
	for _, c := range s.counts {
		if rank -= c.keys; rank <= 0 {
			return c.measure
		}
	}
	return 0
}

// KeysFrom returns the number of keys whose maximum is at least measure.
func (s *Summary) KeysFrom(measure int64) (keys int64) {
	for _, c := range slices.Backward(s.counts) {
		if c.measure < measure {
			break
		}
		keys += c.keys
	}
	return keys
}
