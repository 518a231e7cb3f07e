// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"maps"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// counts tells whether a record is of a flow that counts, and notes what it says of the data.
func (h *Health) counts(f *flow.Flow) bool {
	h.Flows++
	switch {
	case f.Status == flow.NoData:
		h.NoData++
		return false
	case f.Status == flow.SkipData:
		h.SkipData++
		return false
	case f.Hop:
		h.Hops++
		return false
	}
	if f.Flags != 0 {
		h.WithFlags++
	}
	if f.Direction != flow.DirectionUnknown {
		h.WithDirection++
	}
	return true
}

func (h *Health) add(o *Health) {
	h.Flows += o.Flows
	h.NoData += o.NoData
	h.SkipData += o.SkipData
	h.Hops += o.Hops
	h.WithFlags += o.WithFlags
	h.WithDirection += o.WithDirection
}

// Health tells how good the data is that has been received so far.
func (s *Store) Health() Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.health
	if s.latest != 0 {
		h.Latest = time.Unix(s.latest, 0).UTC()
	}
	h.Undecodable = maps.Clone(h.Undecodable)
	h.Forgotten = map[string]uint64{}
	e := &s.tiers.evicted
	for name, n := range map[string]uint64{
		"alerts": s.episodes.evicted, "subnet_pairs": e.pairs,
		string(Sources): e.sources, string(Destinations): e.destinations, string(Ports): e.ports, string(Protocols): e.protocols,
		string(Interfaces): e.interfaces, string(Accounts): e.accounts,
		string(SourceCountries): e.from, string(DestinationCountries): e.to,
	} {
		if n > 0 {
			h.Forgotten[name] = n
		}
	}
	return h
}
