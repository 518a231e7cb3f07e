// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"errors"
	"time"
)

const (
	// firstRetry is how long after a failure the list is fetched again. It doubles with each further one, up to the
	// interval.
	firstRetry = 5 * time.Minute
	// longestWait bounds for how long a server may have itself left alone, unless the interval is longer.
	longestWait = 24 * time.Hour
	// spread is by which share of a wait it may become longer, so that many collectors do not come at once.
	spread = 0.1
)

// schedule says when the list is fetched again after a fetch that ended with an error, or with none.
func (f *Feed) schedule(now time.Time, err error) {
	if f.Interval == 0 {
		return
	}
	wait := f.Interval
	if err == nil {
		f.failed = 0
	} else {
		wait = min(wait, firstRetry<<min(f.failed, 20))
		f.failed++
	}
	wait += time.Duration(f.Random() * spread * float64(wait))
	if status, ok := errors.AsType[*StatusError](err); ok {
		wait = max(wait, min(status.RetryAfter, max(longestWait, f.Interval)))
	}
	f.due = now.Add(wait)
}
