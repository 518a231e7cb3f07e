// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
)

// maxScopes bounds the number of scopes. Beyond it, the least recently used scopes are evicted.
const maxScopes = 10_000

// scope is one account, one VPC, or everything if the setting scope is global. Nothing is compared across scopes.
type scope struct {
	id        uint32
	name      string
	watermark watermark
	first     int64 // smallest time of an evaluated flow that was not late
	// opposite is the greatest time at which an accepted flow was in the direction opposite to each class. For internal_to_internal,
	// it is that of a reply.
	opposite [numClasses]int64
	// evictedAnswer is the greatest time of an evicted answer, as of the last save.
	evictedAnswer int64
	touched       uint64 // the number of flows of all scopes at the last flow of this one
}

// scopes holds all scopes. Ids are never reused, so keys of an evicted scope never count for another one.
type scopes struct {
	byName  map[string]*scope
	byID    map[uint32]*scope
	last    *scope
	flows   uint64
	lastID  uint32
	evicted int64

	savedID    uint32 // lastID at the last save
	savedFlows uint64 // flows at the last save
}

func newScope(id uint32, name string) *scope {
	s := &scope{id: id, name: name, watermark: newWatermark(), first: math.MaxInt64, evictedAnswer: never}
	for class := range s.opposite {
		s.opposite[class] = never
	}
	return s
}

func newScopes() *scopes {
	return &scopes{byName: map[string]*scope{}, byID: map[uint32]*scope{}}
}

// get returns the scope with the name. A new scope has the watermark math.MinInt64.
func (s *scopes) get(name string) *scope {
	name = names.Cut(name)
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
	created := newScope(s.lastID, name)
	s.byName[name] = created
	s.byID[created.id] = created
	return created
}

// evict removes a tenth of the scopes, so that a flood of new scopes does not need a search through all scopes for each
// new one.
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
