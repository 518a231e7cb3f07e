// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package retryafter parses the Retry-After header of HTTP responses.
package retryafter

import (
	"net/http"
	"strconv"
	"time"
)

// Parse returns how long to wait according to a Retry-After header, which holds a number of seconds or an HTTP date
// (RFC 9110, section 10.2.3). The result is at least zero, also for a date in the past, and at most limit. It is false
// if the header is empty or invalid.
func Parse(header string, now time.Time, limit time.Duration) (wait time.Duration, ok bool) {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, limit), true
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0, false
	}
	return min(max(date.Sub(now), 0), limit), true
}
