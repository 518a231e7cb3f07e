// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"math"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// AddAlert updates the alert's episode. It counts an alert without a uid or a plausible time as undecodable.
func (s *Store) AddAlert(a *alert.Alert) {
	now := s.settings.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.Received = now
	s.version.Add(1)
	switch {
	case a.UID == "":
		s.health.addUndecodable("no_uid", 1)
		return
	case a.Time < year2010 || a.Time > now.Add(maxFuture).Unix():
		s.health.addUndecodable("time_out_of_range", 1)
		return
	}
	previous, current := s.episodes.update(a)
	if previous != nil {
		if n := s.alertCount(previous); n != nil && *n > 0 {
			*n--
		}
	} else if a.Time >= s.history.oldest {
		s.history.advance(a.Time)
	}
	if n := s.alertCount(current); n != nil {
		*n++
	}
}

// alertCount returns the counter of the episode's opening minute and severity. It returns nil if that minute has expired, or
// if the alert is not counted, because its rule is in dry run.
func (s *Store) alertCount(e *Episode) *uint64 {
	opened := e.Opened.Unix()
	if e.DryRun || opened < s.history.oldest {
		return nil
	}
	return &s.history.minute(opened).Alerts[severityIndex(e.Severity)]
}

// Episode returns the episode with the given uid, and whether it is known.
func (s *Store) Episode(uid string) (Episode, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.episodes.get(uid)
}

// Episodes returns one page of the episodes that match the query, most recent first, and the number of all matches.
func (s *Store) Episodes(query AlertQuery) (page []Episode, total int) {
	all, since := s.allEpisodes(query.Range)
	return query.apply(all, since)
}

// allEpisodes returns all episodes and the event time at which the range starts.
func (s *Store) allEpisodes(length time.Duration) (all []*Episode, since int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all = s.episodes.all()
	if length <= 0 || s.history.latest == 0 {
		return all, math.MinInt64
	}
	since, _ = s.history.bounds(length)
	return all, since
}
