// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import "time"

// RateLimit bounds the notifications to one destination.
type RateLimit struct {
	// Notifications is the maximum per period. Zero means no limit.
	Notifications int
	// Period is the length of a period.
	Period time.Duration
}

// limiter counts the notifications of the current period.
type limiter struct {
	RateLimit
	periodStart time.Time
	used        int
}

// allow reports whether another notification may be sent now, and counts it if so.
func (l *limiter) allow(now time.Time) bool {
	if l.Notifications == 0 {
		return true
	}
	if now.Sub(l.periodStart) >= l.Period {
		l.periodStart, l.used = now, 0
	}
	if l.used >= l.Notifications {
		return false
	}
	l.used++
	return true
}

// giveBack removes a failed notification from the count, so that its retry is not suppressed.
func (l *limiter) giveBack() { l.used = max(0, l.used-1) }
