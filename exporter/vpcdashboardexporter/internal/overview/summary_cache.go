// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"sync"
	"sync/atomic"
	"time"
)

// summaries keep the last summary of each range, so that many who look at one page cost no more than one.
type summaries struct {
	mu      sync.Mutex
	byRange map[time.Duration]*kept
}

// kept is the last summary of a range.
type kept struct {
	making sync.Mutex // held while the next one is made
	last   atomic.Pointer[dated]
}

// dated is a summary and how long it may be shown.
type dated struct {
	*summary
	changes uint64
	made    time.Time
	took    time.Duration
}

const (
	// maxRanges bounds the ranges that are kept.
	maxRanges = 16
	// rest is for how many times what it took to make a summary it is shown although there is news: what making summaries
	// of a range takes from counting flows stays below this part of the time.
	rest = 50
)

func (s *summaries) of(length time.Duration) *kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.byRange[length]
	if found == nil {
		if s.byRange == nil || len(s.byRange) >= maxRanges {
			s.byRange = map[time.Duration]*kept{}
		}
		found = &kept{}
		s.byRange[length] = found
	}
	return found
}

// summary gives the summary of a range that is new enough. While somebody makes the next one, others get the last.
func (s *Store) summary(length time.Duration) *summary {
	k := s.summaries.of(max(length, 0))
	last := k.last.Load()
	switch {
	case last == nil:
		k.making.Lock()
	case last.changes == s.changes.Load() || s.set.Now().Before(last.made.Add(rest*last.took)) || !k.making.TryLock():
		return last.summary
	}
	defer k.making.Unlock()
	if newer := k.last.Load(); newer != last {
		return newer.summary // somebody has just made it
	}
	next := s.summarize(length)
	k.last.Store(next)
	return next.summary
}

func (s *Store) summarize(length time.Duration) *dated {
	started := s.set.Now()
	s.mu.Lock()
	changes := s.changes.Load()
	made, all := s.collect(length)
	s.mu.Unlock()
	made.leaders = all.leaders()
	made.matrices = newMatrices(all.pairs.end())
	now := s.set.Now()
	return &dated{made, changes, now, now.Sub(started)}
}

// View sums up a range of event time. It may be a few moments old.
func (s *Store) View(query Query) View {
	v := s.summary(query.Range).view(query)
	v.Health = s.Health()
	return v
}
