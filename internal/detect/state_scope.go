// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// maxScopes bounds the scopes that are remembered; those that have been silent for the most flows make room.
const maxScopes = 10_000

// scope is one account, VPC or, with scope: global, everything. Nothing is ever compared across scopes.
type scope struct {
	id        uint32
	name      string
	watermark int64 // greatest time of an evaluated flow
	first     int64 // smallest time of an evaluated flow that was not late
	touched   uint64
	due       resolveQueue
}

// scopes finds the scope of a flow. An id is never given twice: what is left of an evicted scope in the tables
// can not be taken for another's.
type scopes struct {
	byName  map[string]*scope
	byID    map[uint32]*scope
	last    *scope
	flows   uint64
	lastID  uint32
	evicted int64

	savedID    uint32 // lastID when the scopes were last saved
	savedFlows uint64
}

func newScopes() *scopes {
	return &scopes{byName: map[string]*scope{}, byID: map[uint32]*scope{}}
}

// at returns the scope called name, which is new when its watermark is math.MinInt64.
func (s *scopes) at(name string) *scope {
	name = name[:min(len(name), maxName)]
	s.flows++
	if s.last == nil || s.last.name != name {
		s.last = s.byName[name]
		if s.last == nil {
			s.last = s.create(strings.Clone(name))
		}
	}
	s.last.touched = s.flows
	return s.last
}

func (s *scopes) create(name string) *scope {
	if len(s.byName) >= maxScopes {
		s.evict()
	}
	s.lastID++
	made := &scope{id: s.lastID, name: name, watermark: math.MinInt64, first: math.MaxInt64}
	s.byName[name] = made
	s.byID[made.id] = made
	return made
}

// evict lets go of a tenth of the scopes, so that a flood of new ones does not look through all of them each time.
func (s *scopes) evict() {
	touched := make([]uint64, 0, len(s.byID))
	for _, each := range s.byID {
		touched = append(touched, each.touched)
	}
	slices.Sort(touched)
	last := touched[len(touched)/10-1]
	maps.DeleteFunc(s.byID, func(_ uint32, each *scope) bool { return each.touched <= last })
	maps.DeleteFunc(s.byName, func(_ string, each *scope) bool { return each.touched <= last })
	s.evicted += int64(len(touched) - len(s.byID))
}
