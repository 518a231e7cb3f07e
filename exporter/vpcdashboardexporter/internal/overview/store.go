// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Settings are what a Store is made with.
type Settings struct {
	// Internal are the ranges whose addresses are one's own.
	Internal *network.Ranges
	// Countries knows the countries of external addresses.
	Countries network.Countries
	// Retention is how far back from the latest event time flows are kept. Begun days count as whole.
	Retention time.Duration
	// MaxAlerts is how many episodes are kept, at least one.
	MaxAlerts int
	// MaxKeys is how many keys of each dimension are followed in each stretch of time, at least four.
	MaxKeys int
	// Now is the clock.
	Now func() time.Time
}

// Store keeps what the dashboard shows. It may be used by several goroutines at once.
type Store struct {
	set       Settings
	sightings sync.Pool // of *[]sighting
	summaries summaries
	changes   atomic.Uint64

	mu               sync.Mutex // guards what follows
	latest, earliest int64      // event times; latest is zero before the first flow or alert
	oldest           int64      // the first moment that is kept
	series           series
	tiers            *tiers
	health           Health
	episodes         episodes
}

// New returns an empty Store.
func New(set Settings) *Store {
	s := &Store{
		set:       set,
		sightings: sync.Pool{New: func() any { return new([]sighting) }},
		series:    series{},
		tiers:     newTiers(set.MaxKeys),
		episodes:  episodes{limit: set.MaxAlerts, byUID: map[string]*Episode{}},
	}
	s.health.Undecodable = map[string]uint64{}
	return s
}

const (
	// year2010 is a time before the first flow log, in Unix seconds. An earlier one is a broken clock.
	year2010 = 1262304000
	// maxFuture is how far ahead of the clock an event may be. A later one would push all others out.
	maxFuture = 10 * time.Minute
)

// AddFlows counts the flows. It keeps none of their strings.
func (s *Store) AddFlows(flows []flow.Flow) {
	if len(flows) == 0 {
		return
	}
	seen := s.sightings.Get().(*[]sighting)
	defer s.sightings.Put(seen)
	*seen = (*seen)[:0]
	var health Health
	for i := range flows {
		if f := &flows[i]; health.counts(f) {
			*seen = append(*seen, s.sight(f))
		}
	}
	now := s.set.Now()

	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.add(&health)
	s.health.Received = now
	s.changes.Add(1)
	for i := range *seen {
		s.count(&(*seen)[i], now)
	}
	clear(*seen) // of strings that alias records
}

// count puts a flow where its time belongs.
func (s *Store) count(seen *sighting, now time.Time) {
	switch {
	case seen.time > now.Add(maxFuture).Unix():
		s.health.TooNew++
		return
	case seen.time < max(s.oldest, year2010):
		s.health.TooLate++
		return
	}
	s.advance(seen.time)
	in := s.series.at(seen.time)
	in.sums.add(&seen.sums)
	if seen.classed {
		in.classes[seen.class]++
	}
	s.tiers.at(seen.time).add(seen)
}

// advance notes the time of an event, and lets go of what has become too old by it.
func (s *Store) advance(t int64) {
	if s.earliest == 0 || t < s.earliest {
		s.earliest = t
	}
	if t <= s.latest {
		return
	}
	moved := alignDown(t, minute) != alignDown(s.latest, minute)
	s.latest = t
	if !moved {
		return
	}
	if oldest := alignDown(t-int64(s.set.Retention/time.Second), day); oldest != s.oldest {
		s.oldest = oldest
		s.series.forget(oldest)
	}
	s.tiers.advance(t, s.oldest)
}

// AddAlert keeps what is said of an episode.
func (s *Store) AddAlert(a *alert.Alert) {
	now := s.set.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.Received = now
	s.changes.Add(1)
	switch {
	case a.UID == "":
		s.undecodable("no_uid", 1)
		return
	case a.Time < year2010 || a.Time > now.Add(maxFuture).Unix():
		s.undecodable("time_out_of_range", 1)
		return
	}
	last, next := s.episodes.tell(a)
	if last != nil {
		if n := s.alertsLike(last); n != nil && *n > 0 {
			*n--
		}
	} else if a.Time >= s.oldest {
		s.advance(a.Time)
	}
	if n := s.alertsLike(next); n != nil {
		*n++
	}
}

// alertsLike is the count of alerts of the same severity that opened in the same minute; nil where that is forgotten.
func (s *Store) alertsLike(e *Episode) *uint64 {
	opened := e.Opened.Unix()
	if opened < s.oldest {
		return nil
	}
	return &s.series.at(opened).alerts[severityPlace(e.Severity)]
}

// AddUndecodable counts records that are neither a flow nor an alert.
func (s *Store) AddUndecodable(reason string, n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes.Add(1)
	s.undecodable(reason, n)
}

// maxReasons bounds the reasons that are told apart.
const maxReasons = 64

func (s *Store) undecodable(reason string, n uint64) {
	if _, ok := s.health.Undecodable[reason]; !ok && len(s.health.Undecodable) >= maxReasons {
		reason = "other"
	}
	s.health.Undecodable[reason] += n
}
