// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package topk

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

// State is the content of a Sketch, in a form that can be stored.
type State[K comparable] struct {
	Counters []Counter[K]
	Floor    traffic.Values
}

// State returns a copy of the content.
func (s *Sketch[K]) State() State[K] { return State[K]{slices.Clone(s.counters), s.floor} }

// Restore adds a stored content to an empty Sketch. It evicts keys if the limit is smaller than before.
func (s *Sketch[K]) Restore(state State[K]) {
	s.floor = state.Floor
	for _, c := range state.Counters {
		if _, ok := s.index[c.Key]; !ok {
			s.append(c)
		}
	}
	if len(s.counters) > s.limit {
		s.evict()
	}
}
