// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"cmp"
	"net/netip"
	"slices"
)

// maxSubnets is how many subnets a matrix has at most.
const maxSubnets = 20

// matrices are what a matrix of any size, by any measure, is made from.
type matrices struct {
	// subnets are the heaviest by each measure, heaviest first: by what they send and receive.
	subnets [len(measures)][]netip.Prefix
	// all says how many there are by each measure.
	all   [len(measures)]int
	cells map[pair]Sums
}

func newMatrices(tallies []tally[pair]) matrices {
	m := matrices{cells: map[pair]Sums{}}
	ends := map[netip.Prefix]*amount{}
	end := func(subnet netip.Prefix, part amount) {
		if ends[subnet] == nil {
			ends[subnet] = &amount{}
		}
		ends[subnet].add(&part)
	}
	for i := range tallies {
		t := &tallies[i]
		end(t.key.from, t.counted.amount())
		if t.key.from != t.key.to {
			end(t.key.to, t.counted.amount())
		}
	}
	shown := map[netip.Prefix]bool{}
	for place := range measures {
		var list []netip.Prefix
		for subnet, sum := range ends {
			if sum[place] > 0 {
				list = append(list, subnet)
			}
		}
		slices.SortFunc(list, func(a, b netip.Prefix) int {
			return cmp.Or(cmp.Compare(ends[b][place], ends[a][place]), a.Compare(b))
		})
		m.all[place] = len(list)
		m.subnets[place] = slices.Clone(list[:min(len(list), maxSubnets)])
		for _, subnet := range m.subnets[place] {
			shown[subnet] = true
		}
	}
	for i := range tallies {
		if t := &tallies[i]; shown[t.key.from] && shown[t.key.to] {
			m.cells[t.key] = t.counted
		}
	}
	return m
}

// matrix gives the heaviest subnets by a measure, in the order of their addresses.
func (m *matrices) matrix(measure, size int) Matrix {
	subnets := m.subnets[measure]
	subnets = slices.Clone(subnets[:min(len(subnets), size)])
	slices.SortFunc(subnets, netip.Prefix.Compare)
	cells := make([][]Sums, len(subnets))
	for i, from := range subnets {
		cells[i] = make([]Sums, len(subnets))
		for j, to := range subnets {
			cells[i][j] = m.cells[pair{from, to}]
		}
	}
	return Matrix{Subnets: subnets, Cells: cells, Truncated: m.all[measure] > len(subnets)}
}
