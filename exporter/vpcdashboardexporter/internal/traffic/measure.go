// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package traffic

import (
	"math"
	"math/bits"
)

// Measure is a quantity by which traffic is ranked.
type Measure string

// The measures.
const (
	ByFlows   Measure = "flows"
	ByBytes   Measure = "bytes"
	ByRejects Measure = "rejects"
)

// Measures lists all measures. The position of a measure is its index in [Values].
var Measures = [...]Measure{ByFlows, ByBytes, ByRejects}

// Index returns the position of the measure in [Values]. An unknown measure counts as ByFlows.
func (m Measure) Index() int {
	for i, known := range Measures {
		if m == known {
			return i
		}
	}
	return 0
}

// Values holds one number for each measure.
type Values [len(Measures)]uint64

// Add adds other to v. Sums saturate at the largest uint64.
func (v *Values) Add(other *Values) {
	for i := range v {
		v[i] = add(v[i], other[i])
	}
}

// add returns a + b, or the largest uint64 on overflow. A record with a false byte count makes a sum too large, but
// never small.
func add(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return math.MaxUint64
	}
	return sum
}
