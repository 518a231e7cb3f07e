// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package topk

import (
	"cmp"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

// Counter is the traffic of one key. The true total is between Counted and Max.
type Counter[K comparable] struct {
	Key     K
	Counted traffic.Totals // since tracking of the key began
	Missed  traffic.Values // upper bound of the traffic before that
}

// Max returns the upper bound of the key's traffic.
func (c *Counter[K]) Max() traffic.Values {
	values := c.Counted.Values()
	values.Add(&c.Missed)
	return values
}

// Rank returns the n heaviest counters by a measure, heaviest first. It leaves out keys with a counted value of zero.
// Keys of equal weight are ordered by their error and by compare.
func Rank[K comparable](counters []Counter[K], by traffic.Measure, n int, compare func(a, b K) int) []*Counter[K] {
	m := by.Index()
	values := make([]uint64, len(counters))
	for i := range counters {
		values[i] = counters[i].Max()[m]
	}
	least := nthLargest(values, n-1) // lighter ones need not be sorted
	var ranked []*Counter[K]
	for i := range counters {
		if c := &counters[i]; c.Counted.Values()[m] > 0 && c.Max()[m] >= least {
			ranked = append(ranked, c)
		}
	}
	slices.SortFunc(ranked, func(a, b *Counter[K]) int {
		return cmp.Or(cmp.Compare(b.Max()[m], a.Max()[m]), cmp.Compare(a.Missed[m], b.Missed[m]), compare(a.Key, b.Key))
	})
	return ranked[:min(len(ranked), n)]
}
