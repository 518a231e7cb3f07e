// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// summary is a range of event time, for all measures. It does not change once it is made.
type summary struct {
	from, to, step int64
	totals         step
	before         *Sums
	points         []Point
	leaders        map[Dimension]leaders
	matrices       matrices
}

// unions are what the stretches of a range have in all.
type unions struct {
	sources, destinations union[netip.Addr]
	ports                 union[uint16]
	protocols             union[uint8]
	interfaces, accounts  union[string]
	from, to              union[string]
	pairs                 union[pair]
}

func (u *unions) add(t *tops) {
	u.sources.add(&t.sources)
	u.destinations.add(&t.destinations)
	u.ports.add(&t.ports)
	u.protocols.add(&t.protocols)
	u.interfaces.add(&t.interfaces)
	u.accounts.add(&t.accounts)
	u.from.add(&t.from)
	u.to.add(&t.to)
	u.pairs.add(&t.pairs)
}

func (u *unions) leaders() map[Dimension]leaders {
	text := func(s string) string { return s }
	return map[Dimension]leaders{
		Sources:              u.sources.leaders(netip.Addr.Compare, netip.Addr.String),
		Destinations:         u.destinations.leaders(netip.Addr.Compare, netip.Addr.String),
		Ports:                u.ports.leaders(cmp.Compare[uint16], func(p uint16) string { return strconv.Itoa(int(p)) }),
		Protocols:            u.protocols.leaders(cmp.Compare[uint8], protocolName),
		Interfaces:           u.interfaces.leaders(strings.Compare, text),
		Accounts:             u.accounts.leaders(strings.Compare, text),
		SourceCountries:      u.from.leaders(strings.Compare, text),
		DestinationCountries: u.to.leaders(strings.Compare, text),
	}
}

// protocolName is the keyword of a protocol, or its number where it has none.
func protocolName(number uint8) string {
	return cmp.Or(flow.ProtocolName(number), strconv.Itoa(int(number)))
}

// bounds gives the range that is a length back from the latest event, or all there is for none. It begins where a
// stretch begins, so that what is heavy is that of the very range, and is therefore up to one stretch longer than asked.
func (s *Store) bounds(length time.Duration) (from, to int64) {
	to = alignDown(s.latest, minute) + minute
	seconds := int64(length / time.Second)
	if seconds <= 0 || to-seconds <= s.oldest {
		return alignDown(max(s.earliest, s.oldest), minute), to
	}
	from = to - seconds
	return alignDown(from, s.tiers.of(from).width), to
}

// collect takes from the store what a summary is made from.
func (s *Store) collect(length time.Duration) (*summary, *unions) {
	out, all := &summary{}, &unions{}
	if s.latest == 0 {
		return out, all
	}
	out.from, out.to = s.bounds(length)
	if length > 0 {
		out.before = s.before(out.from, out.to)
	}
	out.step = stepFor(out.to - out.from)
	out.from = alignDown(out.from, out.step)
	out.points = make([]Point, 0, maxPoints+2)
	for t := out.from; t < out.to; t += out.step {
		part := s.series.sum(t, min(t+out.step, out.to))
		out.totals.add(&part)
		out.points = append(out.points, part.point(t))
	}
	for i := range s.tiers.tiers {
		tier := &s.tiers.tiers[i]
		for start, tops := range tier.tops {
			if start+tier.width > out.from {
				all.add(tops)
			}
		}
	}
	return out, all
}

// before sums up the period of the same length before a range; nil where the store does not know all of it.
func (s *Store) before(from, to int64) *Sums {
	start := from - (to - from)
	if start < max(alignDown(s.earliest, minute), s.oldest) {
		return nil
	}
	sum := s.series.sum(start, from).sums
	return &sum
}

// maxPoints is about how many points there are on a chart at most.
const maxPoints = 150

// stepFor is the time from point to point on a chart of the given length: one that people count in.
func stepFor(length int64) int64 {
	for _, step := range []int64{minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour} {
		if length <= maxPoints*step {
			return step
		}
	}
	return day
}

// view gives what a query asks for.
func (s *summary) view(q Query) View {
	if s.to == 0 {
		return View{Top: map[Dimension][]Entry{}}
	}
	place, top := q.Measure.place(), q.Top
	if top <= 0 {
		top = 10
	}
	v := View{
		From: time.Unix(s.from, 0).UTC(), To: time.Unix(s.to, 0).UTC(), Step: time.Duration(s.step) * time.Second,
		Totals: s.totals.sums, Before: s.before, Points: s.points,
		Top: map[Dimension][]Entry{}, Matrix: s.matrices.matrix(place, top), AlertsBySeverity: s.totals.alerts,
	}
	for dimension, ranked := range s.leaders {
		v.Top[dimension] = ranked[place][:min(len(ranked[place]), top)]
	}
	return v
}
