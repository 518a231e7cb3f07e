// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"cmp"
	"slices"
)

// most is how many of each dimension there are to have at most.
const most = 100

// union sums up what several have counted, of parts of one stream.
type union[K comparable] struct {
	index   map[K]int
	tallies []tally[K] // with what a part is sure of in missed, until the end
	floor   amount
}

// add takes another part in. Instead of adding the part's floor to all keys that are not in it, it remembers of those
// that are by how much less than the floor they may have missed.
func (u *union[K]) add(part *heavy[K]) {
	if u.index == nil {
		u.index = make(map[K]int, 4*len(part.entries)) // most of them are in the others, too
	}
	u.floor.add(&part.floor)
	for i := range part.entries {
		t := &part.entries[i]
		n, ok := u.index[t.key]
		if !ok {
			n = len(u.tallies)
			u.index[t.key] = n
			u.tallies = append(u.tallies, tally[K]{key: t.key})
		}
		sum := &u.tallies[n]
		sum.counted.add(&t.counted)
		spared := part.floor
		for m := range spared {
			spared[m] -= t.missed[m]
		}
		sum.missed.add(&spared)
	}
}

// end gives what is known of each key.
func (u *union[K]) end() []tally[K] {
	for i := range u.tallies {
		for m, spared := range u.tallies[i].missed {
			u.tallies[i].missed[m] = u.floor[m] - spared
		}
	}
	return u.tallies
}

// rank gives the heaviest by a measure, heaviest first. What has not been counted by the measure at all is not heavy.
func rank[K comparable](tallies []tally[K], measure int, compare func(a, b K) int) []*tally[K] {
	values := make([]uint64, len(tallies))
	for i := range tallies {
		values[i] = tallies[i].upper()[measure]
	}
	least := nthGreatest(values, most-1) // so that only these need be sorted
	var list []*tally[K]
	for i := range tallies {
		if t := &tallies[i]; t.counted.amount()[measure] > 0 && t.upper()[measure] >= least {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *tally[K]) int {
		return cmp.Or(cmp.Compare(b.upper()[measure], a.upper()[measure]),
			cmp.Compare(a.missed[measure], b.missed[measure]), compare(a.key, b.key))
	})
	return list[:min(len(list), most)]
}

// leaders are the heaviest of a dimension by each measure.
type leaders [len(measures)][]Entry

// leaders ranks the keys by each measure, and names them.
func (u *union[K]) leaders(compare func(a, b K) int, name func(K) string) leaders {
	var all leaders
	tallies := u.end()
	for m := range measures {
		for _, t := range rank(tallies, m, compare) {
			all[m] = append(all[m], Entry{Key: name(t.key), Value: t.upper()[m], Error: t.missed[m]})
		}
	}
	return all
}
