// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"sync"
	"time"
)

// summaries keep the last summary of each range, so that many who look at one page cost no more than one.
type summaries struct {
	mu      sync.Mutex // held while a summary is made: only one is at a time
	byRange map[time.Duration]*dated
}

// dated is a summary and how long it may be shown.
type dated struct {
	*summary
	changes uint64
	made    time.Time
	took    time.Duration
}

const (
	// maxRanges bounds the summaries that are kept.
	maxRanges = 16
	// rest is for how many times what it took to make a summary it is shown although there is news: what making summaries
	// of a range takes from counting flows stays below this part of the time.
	rest = 50
)

// summary gives the summary of a range that is new enough.
func (s *Store) summary(length time.Duration) *summary {
	length = max(length, 0)
	s.summaries.mu.Lock()
	defer s.summaries.mu.Unlock()
	started := s.set.Now()
	s.mu.Lock()
	changes := s.changes
	last := s.summaries.byRange[length]
	if last != nil && (last.changes == changes || started.Before(last.made.Add(rest*last.took))) {
		s.mu.Unlock()
		return last.summary
	}
	made, all := s.collect(length)
	s.mu.Unlock()

	made.leaders = all.leaders()
	made.matrices = newMatrices(all.pairs.end())
	if s.summaries.byRange == nil || len(s.summaries.byRange) >= maxRanges {
		s.summaries.byRange = map[time.Duration]*dated{}
	}
	now := s.set.Now()
	s.summaries.byRange[length] = &dated{made, changes, now, now.Sub(started)}
	return made
}

// View sums up a range of event time. It may be a few moments old.
func (s *Store) View(query Query) View {
	v := s.summary(query.Range).view(query)
	v.Health = s.Health()
	return v
}
