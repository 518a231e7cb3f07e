// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package topk

import (
	"math/bits"
	"slices"
)

// nthLargest returns the value at index n in descending order, or zero if there are n values or fewer. It reorders
// values.
func nthLargest(values []uint64, n int) uint64 {
	if n >= len(values) {
		return 0
	}
	// Quickselect: each round partitions the values at a pivot and continues with one side. Sorting ends the search after
	// too many bad pivots.
	for rounds := 4 * bits.Len(uint(len(values))); rounds > 0 && len(values) > 16; rounds-- {
		pivot := median(values[0], values[len(values)/2], values[len(values)-1])
		larger, equal := 0, 0
		for i, v := range values {
			if v >= pivot {
				at := larger + equal
				values[i], values[at] = values[at], v
				if v > pivot {
					values[at], values[larger] = values[larger], v
					larger++
				} else {
					equal++
				}
			}
		}
		switch {
		case n < larger:
			values = values[:larger]
		case n < larger+equal:
			return pivot
		default:
			values, n = values[larger+equal:], n-larger-equal
		}
	}
	slices.Sort(values)
	return values[len(values)-1-n]
}

func median(a, b, c uint64) uint64 {
	return max(min(a, b), min(max(a, b), c))
}
