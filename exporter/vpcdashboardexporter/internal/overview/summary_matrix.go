// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"
	"slices"
)

// maxSubnets is how many subnets a matrix has at most.
const maxSubnets = 20

// matrices are what a matrix of any size, by any measure, is made from.
type matrices struct {
	// subnets are the heaviest by each measure, heaviest first: by what they send and receive.
	subnets [len(measures)][]netip.Prefix
	// all is how many there are by each measure, as far as they are ranked.
	all   [len(measures)]int
	cells map[pair]Sums
}

func newMatrices(tallies []tally[pair]) matrices {
	m := matrices{cells: map[pair]Sums{}}
	ends := endsOf(tallies)
	shown := map[netip.Prefix]bool{}
	for place := range measures {
		for _, end := range rank(ends, place, netip.Prefix.Compare) {
			m.all[place]++
			if len(m.subnets[place]) < maxSubnets {
				m.subnets[place] = append(m.subnets[place], end.key)
				shown[end.key] = true
			}
		}
	}
	for i := range tallies {
		if t := &tallies[i]; shown[t.key.from] && shown[t.key.to] {
			m.cells[t.key] = t.counted
		}
	}
	return m
}

// endsOf sums up for each subnet what it sends and receives.
func endsOf(tallies []tally[pair]) []tally[netip.Prefix] {
	var ends []tally[netip.Prefix]
	index := map[netip.Prefix]int{}
	add := func(subnet netip.Prefix, sums *Sums) {
		i, ok := index[subnet]
		if !ok {
			i = len(ends)
			index[subnet] = i
			ends = append(ends, tally[netip.Prefix]{key: subnet})
		}
		ends[i].counted.add(sums)
	}
	for i := range tallies {
		t := &tallies[i]
		add(t.key.from, &t.counted)
		if t.key.from != t.key.to {
			add(t.key.to, &t.counted)
		}
	}
	return ends
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
