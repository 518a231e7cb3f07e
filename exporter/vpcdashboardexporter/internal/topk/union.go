// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package topk

import "github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"

// Union adds up several sketches of different flows without changing them. The zero value is empty.
type Union[K comparable] struct {
	index    map[K]int
	counters []Counter[K] // Missed is relative to the floor until Counters is called
	floor    traffic.Values
}

// Add adds the counts of a Sketch. For a key that the Sketch does not track, up to its floor of traffic may be missing.
// To avoid a pass over all those keys, Add records for each tracked key how far its missed traffic is below the floor.
func (u *Union[K]) Add(s *Sketch[K]) {
	if u.index == nil {
		u.index = make(map[K]int, 4*len(s.counters)) // sketches of nearby times share most keys
	}
	u.floor.Add(&s.floor)
	for i := range s.counters {
		c := &s.counters[i]
		n, ok := u.index[c.Key]
		if !ok {
			n = len(u.counters)
			u.index[c.Key] = n
			u.counters = append(u.counters, Counter[K]{Key: c.Key})
		}
		sum := &u.counters[n]
		sum.Counted.Add(&c.Counted)
		below := s.floor
		for m := range below {
			below[m] -= c.Missed[m]
		}
		sum.Missed.Add(&below)
	}
}

// Counters returns the counters of all keys. Call it once, after the last Add.
func (u *Union[K]) Counters() []Counter[K] {
	for i := range u.counters {
		for m, below := range u.counters[i].Missed {
			u.counters[i].Missed[m] = u.floor[m] - below
		}
	}
	return u.counters
}
