// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// exact writes a number in full, with a comma between thousands.
func exact(n uint64) string {
	text := strconv.FormatUint(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// count writes a number as people take it in: in full up to 9,999, then with a decimal prefix.
func count(n uint64) string {
	if n < 10_000 {
		return exact(n)
	}
	return prefixed(float64(n), "")
}

// short writes a round number with a decimal prefix from a thousand on.
func short(n uint64) string {
	if n < 1000 {
		return exact(n)
	}
	return prefixed(float64(n), "")
}

// byteCount writes an amount of data in decimal units, as the alerts' sentences do.
func byteCount(n uint64) string {
	if n < 1000 {
		return strconv.FormatUint(n, 10) + " B"
	}
	return prefixed(float64(n), "B")
}

// prefixed writes a value of at least a thousand with three digits.
func prefixed(value float64, unit string) string {
	prefixes := []string{"", "k", "M", "G", "T", "P", "E"}
	i := 0
	for value >= 999.5 && i < len(prefixes)-1 {
		value /= 1000
		i++
	}
	return strings.TrimSpace(digits(value) + " " + prefixes[i] + unit)
}

// digits writes a value below a thousand with three digits, less the zeros at the end.
func digits(value float64) string {
	decimals := 2
	switch {
	case value >= 99.95:
		decimals = 0
	case value >= 9.995:
		decimals = 1
	}
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// percent writes a part of a whole.
func percent(part, whole uint64) string {
	if whole == 0 {
		return "–"
	}
	p := 100 * float64(part) / float64(whole)
	if part > 0 && p < 0.1 {
		return "< 0.1 %"
	}
	return digits(math.Round(10*p)/10) + " %"
}

// utc writes a moment to the second. All times of the dashboard are in UTC and say so.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// iso writes a moment for machines.
func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// unix returns the moment of a number of seconds.
func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// period writes a length of time in its two largest units.
func period(d time.Duration) string {
	if d < 0 {
		return "-" + period(-d)
	}
	s := int64(d.Round(time.Second) / time.Second)
	units := []struct {
		name   string
		length int64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}
	for i, u := range units {
		if s < u.length && u.length > 1 {
			continue
		}
		text := fmt.Sprintf("%d %s", s/u.length, u.name)
		if i+1 < len(units) {
			if rest := s % u.length / units[i+1].length; rest > 0 {
				text += fmt.Sprintf(" %d %s", rest, units[i+1].name)
			}
		}
		return text
	}
	return "0 s"
}

// seconds writes a number of seconds as a length of time, of at most the 292 years that one holds.
func seconds(s int64) string {
	const most = int64(math.MaxInt64 / time.Second)
	return period(time.Duration(max(-most, min(s, most))) * time.Second)
}
