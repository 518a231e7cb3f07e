// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import "github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"

// timeSeries holds one bin for each minute, grouped by the start of the day. A day takes 150 kB, so older minutes are not
// aggregated, and late flows are counted in their own minute.
type timeSeries map[int64]*[day / minute]bin

// bin is the traffic of a minute or of several.
type bin struct {
	Totals  traffic.Totals
	Classes [4]uint64 // flows by traffic class
	Alerts  [4]uint64 // opened alerts by severity
}

func (b *bin) add(other *bin) {
	b.Totals.Add(&other.Totals)
	for i := range b.Classes {
		b.Classes[i] += other.Classes[i]
		b.Alerts[i] += other.Alerts[i]
	}
}

// at returns the bin of the minute that contains t.
func (s timeSeries) at(t int64) *bin {
	key := alignDown(t, day)
	minutes := s[key]
	if minutes == nil {
		minutes = new([day / minute]bin)
		s[key] = minutes
	}
	return &minutes[(t-key)/minute]
}

// sum adds up the minutes in [from, to).
func (s timeSeries) sum(from, to int64) bin {
	var total bin
	for key, minutes := range s {
		first, end := max(from-key, 0)/minute, min(to-key, day)/minute
		for i := first; i < end; i++ {
			total.add(&minutes[i])
		}
	}
	return total
}

// expire deletes the days that end before or at the given time.
func (s timeSeries) expire(before int64, u *unsaved) {
	for key := range s {
		if key+day <= before {
			delete(s, key)
			u.changeDay(key)
		}
	}
}
