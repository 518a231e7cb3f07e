// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package humanize

import (
	"fmt"
	"math"
	"strings"
	"time"
)

var units = []struct {
	name    string
	seconds int64
}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}

// Duration formats a duration, rounded to seconds, in its two largest units: 45 s, 1 h 30 min, 257 d 20 h.
func Duration(d time.Duration) string {
	return Seconds(int64(d.Round(time.Second) / time.Second))
}

// Seconds is like Duration for a number of seconds, which may be more than a time.Duration can hold.
func Seconds(s int64) string {
	if s < 0 {
		return "-" + Seconds(-max(s, -math.MaxInt64))
	}
	for i, unit := range units {
		if s < unit.seconds {
			continue
		}
		text := fmt.Sprintf("%d %s", s/unit.seconds, unit.name)
		if i+1 == len(units) {
			return text
		}
		next := units[i+1]
		if rest := s % unit.seconds / next.seconds; rest > 0 {
			text += fmt.Sprintf(" %d %s", rest, next.name)
		}
		return text
	}
	return "0 s"
}

// Setting formats a duration as people write it in a configuration file: 10m or 1h30m, not 1h30m0s.
func Setting(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
