// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"maps"
	"time"
)

// View returns the content of the overview page. It may be slightly out of date; see [summaryCache].
func (s *Store) View(query Query) View {
	v := s.summary(query.Range).view(query)
	v.Health = s.Health()
	return v
}

// summary returns the summary of a range, cached or new.
func (s *Store) summary(length time.Duration) *summary {
	return s.summaries.get(max(length, 0), s.version.Load, func() (*summary, uint64) {
		s.mu.Lock()
		version := s.version.Load()
		result, unions := collect(s.history, length)
		s.mu.Unlock()
		result.rank(unions) // without the lock: this takes most of the time
		return result, version
	})
}

// Health returns the quality of the data received so far.
func (s *Store) Health() Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.health
	if s.history.latest != 0 {
		h.Latest = time.Unix(s.history.latest, 0).UTC()
	}
	h.Undecodable = maps.Clone(h.Undecodable)
	h.Evicted = map[string]uint64{}
	e := &s.history.rollup.evicted
	for kind, n := range map[string]uint64{
		"alerts": s.episodes.evicted, "subnet_pairs": e.subnetPairs,
		string(Sources): e.sources, string(Destinations): e.destinations, string(Ports): e.ports, string(Protocols): e.protocols,
		string(Interfaces): e.interfaces, string(Accounts): e.accounts,
		string(SourceCountries): e.sourceCountries, string(DestinationCountries): e.destinationCountries,
	} {
		if n > 0 {
			h.Evicted[kind] = n
		}
	}
	return h
}
