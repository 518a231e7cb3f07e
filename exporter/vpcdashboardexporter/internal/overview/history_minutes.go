// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import "time"

const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
)

// alignDown gives the last multiple of a width that is not after t.
func alignDown(t, width int64) int64 {
	return t - (t%width+width)%width
}

// step is what happened in a minute or in several.
type step struct {
	sums    Sums
	classes [4]uint64
	alerts  [4]uint64
}

func (s *step) add(o *step) {
	s.sums.add(&o.sums)
	for i := range s.classes {
		s.classes[i] += o.classes[i]
		s.alerts[i] += o.alerts[i]
	}
}

func (s *step) point(t int64) Point {
	return Point{Time: time.Unix(t, 0).UTC(), Sums: s.sums, Classes: s.classes, Alerts: s.alerts}
}

// series has what happened in each minute, by days, of which there are as many as are kept. A day takes 150 kB, so that
// nothing need be summed up as it grows old, and what comes late finds its place.
type series map[int64]*[day / minute]step

// at gives the minute of a time.
func (s series) at(t int64) *step {
	key := alignDown(t, day)
	minutes := s[key]
	if minutes == nil {
		minutes = new([day / minute]step)
		s[key] = minutes
	}
	return &minutes[(t-key)/minute]
}

// sum adds up what happened from one time until before another.
func (s series) sum(from, to int64) step {
	var total step
	for key, minutes := range s {
		first, end := max(from-key, 0)/minute, min(to-key, day)/minute
		for i := first; i < end; i++ {
			total.add(&minutes[i])
		}
	}
	return total
}

// forget lets go of the days before the given time.
func (s series) forget(before int64) {
	for key := range s {
		if key+day <= before {
			delete(s, key)
		}
	}
}
