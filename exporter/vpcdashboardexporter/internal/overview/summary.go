// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

// summary holds a range of event time for all measures. It does not change once it is built.
type summary struct {
	from, to, step int64 // Unix seconds
	totals         bin
	previous       *traffic.Totals
	points         []Point
	rankings       map[Dimension]ranking
	matrices       matrices
}

// collect builds a summary of the range that reaches back by length, except for the rankings. It returns the unions of
// the sketches from which [summary.rank] makes them.
func collect(h *history, length time.Duration) (*summary, *unions) {
	s, all := &summary{}, &unions{}
	if h.latest == 0 {
		return s, all
	}
	s.from, s.to = h.bounds(length)
	if length > 0 {
		s.previous = h.previous(s.from, s.to)
	}
	s.step = stepFor(s.to - s.from)
	s.from = alignDown(s.from, s.step)
	s.points = make([]Point, 0, maxPoints+2)
	for t := s.from; t < s.to; t += s.step {
		part := h.minutes.sum(t, min(t+s.step, s.to))
		s.totals.add(&part)
		s.points = append(s.points, Point{
			Time: time.Unix(t, 0).UTC(), Totals: part.Totals, Classes: part.Classes, Alerts: part.Alerts,
		})
	}
	for b := range h.rollup.since(s.from) {
		all.add(b)
	}
	return s, all
}

// rank fills in the rankings and matrices.
func (s *summary) rank(all *unions) {
	s.rankings = all.rankings()
	s.matrices = newMatrices(all.subnetPairs.Counters())
}

// maxPoints is the approximate maximum number of points on a chart.
const maxPoints = 150

// stepFor returns the time between two points on a chart of the given length, both in seconds.
func stepFor(length int64) int64 {
	for _, step := range []int64{minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour} {
		if length <= maxPoints*step {
			return step
		}
	}
	return day
}

// view returns the part of the summary that the query selects.
func (s *summary) view(q Query) View {
	if s.to == 0 {
		return View{Top: map[Dimension][]Entry{}}
	}
	top := q.Top
	if top <= 0 {
		top = 10
	}
	v := View{
		From: time.Unix(s.from, 0).UTC(), To: time.Unix(s.to, 0).UTC(), Step: time.Duration(s.step) * time.Second,
		Totals: s.totals.Totals, Previous: s.previous, Points: s.points,
		Top: map[Dimension][]Entry{}, Matrix: s.matrices.matrix(q.Measure, top), AlertsBySeverity: s.totals.Alerts,
	}
	for dimension, r := range s.rankings {
		entries := r[q.Measure.Index()]
		v.Top[dimension] = entries[:min(len(entries), top)]
	}
	return v
}
