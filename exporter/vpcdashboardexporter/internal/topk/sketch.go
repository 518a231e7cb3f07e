// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package topk finds the keys with the most traffic in bounded memory, with a known error.
package topk

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

// Sketch counts traffic by key and keeps the heaviest keys by each measure. It uses the Space-Saving algorithm
// (Metwally, Agrawal and El Abbadi, 2005) with two changes. It evicts many keys at a time, and it keeps a key that is
// heavy by any measure. A Sketch must not be used concurrently.
//
// The floor is the upper bound of the traffic of an untracked key. The true total of a tracked key is at least the counted
// traffic, and exceeds it by at most the floor at the time when tracking began. The floor is at most the total
// of the stream divided by k+1, where k is a quarter of the key limit. It is zero until the first eviction.
//
// Proof: the excess of a tracked key is its total beyond the floor. Added traffic increases the sum of all excesses by
// that traffic at most. When the floor rises by d, at least k+1 keys lose d of their excess. Merging adds the floors
// and the sums, so the bound also holds for merged sketches (Agarwal et al., Mergeable Summaries, 2012).
type Sketch[K comparable] struct {
	limit    int // the most keys that are tracked
	index    map[K]int32
	counters []Counter[K]
	last     int32 // position of the key added last; many keys come several times in a row
	floor    traffic.Values
	evicted  *uint64
}

// New returns an empty Sketch that tracks at most limit keys and adds the number of evicted keys to evicted. The limit
// must be at least four.
func New[K comparable](limit int, evicted *uint64) Sketch[K] {
	return Sketch[K]{limit: limit, index: map[K]int32{}, evicted: evicted}
}

// Add counts traffic for a key. The Sketch may retain the key.
func (s *Sketch[K]) Add(key K, totals *traffic.Totals) {
	if !s.AddTracked(key, totals) {
		s.Track(key, totals)
	}
}

// AddTracked counts traffic for a key if the key is tracked, and reports whether it is. It does not retain the key.
func (s *Sketch[K]) AddTracked(key K, totals *traffic.Totals) bool {
	if int(s.last) >= len(s.counters) || s.counters[s.last].Key != key {
		i, ok := s.index[key]
		if !ok {
			return false
		}
		s.last = i
	}
	s.counters[s.last].Counted.Add(totals)
	return true
}

// Track starts to track a key and counts traffic for it. The key must not be tracked already.
func (s *Sketch[K]) Track(key K, totals *traffic.Totals) {
	missed := s.floor
	if len(s.counters) >= s.limit {
		s.evict()
	}
	s.append(Counter[K]{key, *totals, missed})
}

// Merge adds the counts of another Sketch, which must cover other flows.
func (s *Sketch[K]) Merge(other *Sketch[K]) {
	for i := range s.counters {
		c := &s.counters[i]
		if j, ok := other.index[c.Key]; ok {
			c.Counted.Add(&other.counters[j].Counted)
			c.Missed.Add(&other.counters[j].Missed)
		} else {
			c.Missed.Add(&other.floor)
		}
	}
	ownFloor := s.floor
	s.floor.Add(&other.floor)
	for _, c := range other.counters {
		if _, ok := s.index[c.Key]; !ok {
			c.Missed.Add(&ownFloor)
			s.append(c)
		}
	}
	if len(s.counters) > s.limit {
		s.evict()
	}
}

func (s *Sketch[K]) append(c Counter[K]) {
	s.index[c.Key] = int32(len(s.counters))
	s.counters = append(s.counters, c)
}

// evict raises the floor to the value of the (k+1)-th heaviest key by each measure, and drops all keys that do not
// exceed it by any measure. At most k keys stay for each measure: three quarters of the limit.
func (s *Sketch[K]) evict() {
	k := s.limit / 4
	values := make([]uint64, len(s.counters))
	for m := range s.floor {
		for i := range s.counters {
			values[i] = s.counters[i].Max()[m]
		}
		s.floor[m] = max(s.floor[m], nthLargest(values, k))
	}
	before := len(s.counters)
	s.counters = slices.DeleteFunc(s.counters, func(c Counter[K]) bool { return !exceedsAny(c.Max(), s.floor) })
	*s.evicted += uint64(before - len(s.counters))
	clear(s.index)
	for i := range s.counters {
		s.index[s.counters[i].Key] = int32(i)
	}
}

func exceedsAny(values, floor traffic.Values) bool {
	for m := range values {
		if values[m] > floor[m] {
			return true
		}
	}
	return false
}
