// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package samplelog limits how often a frequent message is logged.
package samplelog

import (
	"sync"
	"time"
)

// DefaultInterval is used if the interval of a Sampler is zero.
const DefaultInterval = 10 * time.Second

// Sampler allows at most one message per interval, and counts the events in between. The zero value is ready to use. It
// is safe for concurrent use and must not be copied after its first use.
type Sampler struct {
	// Interval is the shortest time between two messages. Zero means DefaultInterval.
	Interval time.Duration

	mu      sync.Mutex
	last    time.Time
	pending int64
}

// Allow adds n events at the time now. It reports whether to log a message now, and if so, how many events there were
// since the last message, including these.
func (s *Sampler) Allow(now time.Time, n int64) (events int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending += n
	if !s.last.IsZero() && now.Sub(s.last) < s.interval() {
		return 0, false
	}
	events, s.pending, s.last = s.pending, 0, now
	return events, true
}

func (s *Sampler) interval() time.Duration {
	if s.Interval > 0 {
		return s.Interval
	}
	return DefaultInterval
}
