// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package overview stores the data of the dashboard in bounded memory: totals over time, the heaviest values of each
// dimension, and the alerts. It does not depend on pdata or HTTP.
package overview

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Settings configure a Store.
type Settings struct {
	// Internal contains the address ranges that count as internal.
	Internal *network.Ranges
	// Countries looks up the countries of external addresses.
	Countries network.Countries
	// Retention is how long flows are kept, counted back from the latest event time and rounded up to whole days.
	Retention time.Duration
	// MaxAlerts is the number of alerts that are kept, at least one.
	MaxAlerts int
	// MaxKeys is the number of keys tracked for each dimension and interval, at least four.
	MaxKeys int
	// Now returns the current time.
	Now func() time.Time
	// Saved is whether Save is called. Otherwise, the Store does not keep track of changes.
	Saved bool
}

// Store keeps the data of the dashboard. It is safe for concurrent use.
type Store struct {
	settings     Settings
	observations sync.Pool // of *[]observation
	summaries    summaryCache
	version      atomic.Uint64 // changes with each new record

	mu       sync.Mutex // guards the fields below
	history  *history
	health   Health
	episodes *episodeTable
	unsaved  *unsaved // nil without Settings.Saved
	saved    uint64   // the version of the last successful save
}

// New returns an empty Store.
func New(settings Settings) *Store {
	var u *unsaved
	if settings.Saved {
		u = newUnsaved()
	}
	return &Store{
		settings:     settings,
		observations: sync.Pool{New: func() any { return new([]observation) }},
		summaries:    summaryCache{now: settings.Now},
		history:      newHistory(settings.Retention, settings.MaxKeys, u),
		health:       Health{Undecodable: map[string]uint64{}},
		episodes:     newEpisodeTable(settings.MaxAlerts, u),
		unsaved:      u,
	}
}

const (
	// year2010 is a time before the first flow log, in Unix seconds. Earlier times come from a broken clock.
	year2010 = 1262304000
	// maxFuture is how far ahead of the clock an event may be. Later ones would move the retention and expire all others.
	maxFuture = 10 * time.Minute
)

// AddFlows counts the flows. It retains none of their strings.
func (s *Store) AddFlows(flows []flow.Flow) {
	if len(flows) == 0 {
		return
	}
	observed := s.observations.Get().(*[]observation)
	defer s.observations.Put(observed)
	*observed = (*observed)[:0]
	var health Health
	for i := range flows {
		if f := &flows[i]; health.observe(f) {
			*observed = append(*observed, newObservation(f, s.settings.Internal, s.settings.Countries))
		}
	}
	now := s.settings.Now()

	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.add(&health)
	s.health.Received = now
	s.version.Add(1)
	for i := range *observed {
		s.addObservation(&(*observed)[i], now)
	}
	clear(*observed) // its strings alias the records
}

func (s *Store) addObservation(o *observation, now time.Time) {
	switch {
	case o.time > now.Add(maxFuture).Unix():
		s.health.InFuture++
	case o.time < max(s.history.oldest, year2010):
		s.health.TooOld++
	default:
		s.history.add(o)
	}
}

// AddUndecodable counts n records that are neither a flow nor an alert.
func (s *Store) AddUndecodable(reason string, n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version.Add(1)
	s.health.addUndecodable(reason, n)
}
