// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

// history holds the traffic of the retention period: exact totals by minute, and the heaviest keys by interval. All
// times are event times in Unix seconds.
type history struct {
	latest    int64 // zero before the first event
	earliest  int64
	oldest    int64 // the start of the retention
	retention int64 // in seconds
	minutes   timeSeries
	rollup    *rollup
	unsaved   *unsaved
}

func newHistory(retention time.Duration, maxKeys int, u *unsaved) *history {
	return &history{retention: int64(retention / time.Second), minutes: timeSeries{}, rollup: newRollup(maxKeys), unsaved: u}
}

// add counts a flow, which must not be older than h.oldest.
func (h *history) add(o *observation) {
	h.advance(o.time)
	b := h.minute(o.time)
	b.Totals.Add(&o.totals)
	if o.hasClass {
		b.Classes[o.class]++
	}
	h.rollup.at(o.time).add(o)
}

// minute returns the bin of the minute that contains t, to be changed.
func (h *history) minute(t int64) *bin {
	h.unsaved.changeDay(alignDown(t, day))
	return h.minutes.at(t)
}

// advance records the time of an event, and drops data that has become too old.
func (h *history) advance(t int64) {
	if h.earliest == 0 || t < h.earliest {
		h.earliest = t
	}
	if t <= h.latest {
		return
	}
	newMinute := alignDown(t, minute) != alignDown(h.latest, minute)
	h.latest = t
	if !newMinute {
		return
	}
	if oldest := alignDown(t-h.retention, day); oldest != h.oldest {
		h.oldest = oldest
		h.minutes.expire(oldest, h.unsaved)
	}
	h.rollup.advance(t, h.oldest, h.unsaved)
}

// bounds returns the range that reaches back from the latest event by length. Zero means the whole history. The range starts
// at the boundary of a rollup interval, so it may be longer than requested by up to one interval.
func (h *history) bounds(length time.Duration) (from, to int64) {
	to = alignDown(h.latest, minute) + minute
	seconds := int64(length / time.Second)
	if seconds <= 0 || to-seconds <= h.oldest {
		return alignDown(max(h.earliest, h.oldest), minute), to
	}
	from = to - seconds
	return alignDown(from, h.rollup.levelOf(from).width), to
}

// previous returns the totals of the period of the same length before a range. It returns nil if that period is not
// known in full.
func (h *history) previous(from, to int64) *traffic.Totals {
	start := from - (to - from)
	if start < max(alignDown(h.earliest, minute), h.oldest) {
		return nil
	}
	sum := h.minutes.sum(start, from).Totals
	return &sum
}
