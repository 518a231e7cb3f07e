// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/topk"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

// maxSubnets is the largest number of subnets in a matrix.
const maxSubnets = 20

// matrices holds the data for a matrix of any size by any measure.
type matrices struct {
	// subnets are the heaviest subnets by each measure, heaviest first. A subnet's weight is what it sends and receives.
	subnets [len(traffic.Measures)][]netip.Prefix
	// ranked is the number of ranked subnets by each measure, which may exceed maxSubnets.
	ranked [len(traffic.Measures)]int
	cells  map[subnetPair]traffic.Totals
}

func newMatrices(pairs []topk.Counter[subnetPair]) matrices {
	m := matrices{cells: map[subnetPair]traffic.Totals{}}
	subnets := bySubnet(pairs)
	shown := map[netip.Prefix]bool{}
	for i, measure := range traffic.Measures {
		for _, c := range topk.Rank(subnets, measure, maxRanked, netip.Prefix.Compare) {
			m.ranked[i]++
			if len(m.subnets[i]) < maxSubnets {
				m.subnets[i] = append(m.subnets[i], c.Key)
				shown[c.Key] = true
			}
		}
	}
	for i := range pairs {
		if c := &pairs[i]; shown[c.Key.From] && shown[c.Key.To] {
			m.cells[c.Key] = c.Counted
		}
	}
	return m
}

// bySubnet adds up the traffic that each subnet sends and receives.
func bySubnet(pairs []topk.Counter[subnetPair]) []topk.Counter[netip.Prefix] {
	var subnets []topk.Counter[netip.Prefix]
	index := map[netip.Prefix]int{}
	add := func(subnet netip.Prefix, totals *traffic.Totals) {
		i, ok := index[subnet]
		if !ok {
			i = len(subnets)
			index[subnet] = i
			subnets = append(subnets, topk.Counter[netip.Prefix]{Key: subnet})
		}
		subnets[i].Counted.Add(totals)
	}
	for i := range pairs {
		c := &pairs[i]
		add(c.Key.From, &c.Counted)
		if c.Key.From != c.Key.To {
			add(c.Key.To, &c.Counted)
		}
	}
	return subnets
}

// matrix returns the traffic between the heaviest subnets by a measure, in address order.
func (m *matrices) matrix(by traffic.Measure, size int) Matrix {
	subnets := m.subnets[by.Index()]
	subnets = slices.Clone(subnets[:min(len(subnets), size)])
	slices.SortFunc(subnets, netip.Prefix.Compare)
	cells := make([][]traffic.Totals, len(subnets))
	for i, from := range subnets {
		cells[i] = make([]traffic.Totals, len(subnets))
		for j, to := range subnets {
			cells[i][j] = m.cells[subnetPair{from, to}]
		}
	}
	return Matrix{Subnets: subnets, Cells: cells, Truncated: m.ranked[by.Index()] > len(subnets)}
}
