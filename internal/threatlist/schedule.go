// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"errors"
	"time"
)

const (
	// firstRetry is the time between a failed fetch and the first retry. It doubles with each further failure, up to
	// the interval.
	firstRetry = 5 * time.Minute
	// maxRetryAfter bounds the Retry-After of a server, unless the interval is longer.
	maxRetryAfter = 24 * time.Hour
	// jitter is the greatest fraction by which a wait is extended at random.
	jitter = 0.1
)

// schedule decides when a list is fetched from a server. The zero schedule is due at once.
type schedule struct {
	due      time.Time
	failures int // since the last success
}

// next sets the time of the next fetch after a fetch that returned err. The random number is in [0, 1).
func (s *schedule) next(now time.Time, interval time.Duration, random float64, err error) {
	wait := interval
	if err == nil {
		s.failures = 0
	} else {
		wait = min(wait, firstRetry<<min(s.failures, 20))
		s.failures++
	}
	wait += time.Duration(random * jitter * float64(wait))
	if status, ok := errors.AsType[*StatusError](err); ok {
		wait = max(wait, min(status.RetryAfter, max(maxRetryAfter, interval)))
	}
	s.due = now.Add(wait)
}
