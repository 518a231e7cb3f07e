// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"math"
	"math/bits"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// plus adds two counts. A sum too great to hold stays the greatest: a record that lies about its bytes makes a total
// absurd, but not small.
func plus(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return math.MaxUint64
	}
	return sum
}

// sumsOf are those of one flow.
func sumsOf(f *flow.Flow) Sums {
	s := Sums{Flows: 1, Packets: f.Packets, Bytes: f.Bytes}
	switch f.Action {
	case flow.Accept:
		s.Accepted = 1
	case flow.Reject:
		s.Rejected = 1
	}
	return s
}

func (s *Sums) add(o *Sums) {
	s.Flows = plus(s.Flows, o.Flows)
	s.Packets = plus(s.Packets, o.Packets)
	s.Bytes = plus(s.Bytes, o.Bytes)
	s.Accepted = plus(s.Accepted, o.Accepted)
	s.Rejected = plus(s.Rejected, o.Rejected)
}

// measures are those by which something is heavy, each at its place in an amount.
var measures = [...]Measure{ByFlows, ByBytes, ByRejects}

// amount is a number by each measure.
type amount [len(measures)]uint64

// amount is what the sums are by each measure.
func (s *Sums) amount() amount { return amount{s.Flows, s.Bytes, s.Rejected} }

func (a *amount) add(b *amount) {
	for m := range a {
		a[m] = plus(a[m], b[m])
	}
}

// place is where a measure stands in an amount. What is no measure is by flows.
func (m Measure) place() int {
	for i, each := range measures {
		if m == each {
			return i
		}
	}
	return 0
}
