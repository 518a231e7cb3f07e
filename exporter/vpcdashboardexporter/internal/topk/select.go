// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"math/bits"
	"slices"
)

// nthGreatest gives the value that n others are before, greatest first, and changes the order of values. It is zero where
// there are no more than n.
func nthGreatest(values []uint64, n int) uint64 {
	if n >= len(values) {
		return 0
	}
	// Each round splits what is left at a pivot, and goes on with the side that the value is on. Where too many splits
	// are bad ones, sorting puts an end to it.
	for rounds := 4 * bits.Len(uint(len(values))); rounds > 0 && len(values) > 16; rounds-- {
		pivot := middle(values[0], values[len(values)/2], values[len(values)-1])
		greater, equal := 0, 0
		for i, v := range values {
			if v >= pivot {
				at := greater + equal
				values[i], values[at] = values[at], v
				if v > pivot {
					values[at], values[greater] = values[greater], v
					greater++
				} else {
					equal++
				}
			}
		}
		switch {
		case n < greater:
			values = values[:greater]
		case n < greater+equal:
			return pivot
		default:
			values, n = values[greater+equal:], n-greater-equal
		}
	}
	slices.Sort(values)
	return values[len(values)-1-n]
}

// middle is the second of three values.
func middle(a, b, c uint64) uint64 {
	return max(min(a, b), min(max(a, b), c))
}
