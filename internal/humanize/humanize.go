// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package humanize formats counts, bytes, durations and times for people. All components use it, so that alerts,
// notifications, reports and the dashboard write the same value in the same way.
package humanize

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

type integer interface {
	~int | ~int64 | ~uint64
}

// Comma formats a number in full with a comma between thousands, such as 1,234,567.
func Comma[N integer](n N) string {
	if n > 0 && int64(n) < 0 { // more than an int64 can hold
		return humanize.BigComma(new(big.Int).SetUint64(uint64(n)))
	}
	return humanize.Comma(int64(n))
}

// Count formats a number in full with the noun that it counts: 1 flow, 2 flows, 1,000 flows.
func Count[N integer](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Comma(n) + " " + many
}

// Short formats a number with three significant digits and a decimal prefix from 1,000 on, such as 12.3 k.
func Short[N integer](n N) string {
	return strings.TrimSpace(prefixed(float64(n), ""))
}

// Bytes formats a number of bytes with three significant digits in decimal units, such as 12.3 kB.
func Bytes[N integer](n N) string {
	return prefixed(float64(n), "B")
}

// prefixed formats a value with an SI prefix and a unit. It rounds before it chooses the prefix, so that 999,999 is 1 M.
func prefixed(value float64, unit string) string {
	rounded, _ := strconv.ParseFloat(digits(value), 64) // digits returns a valid number
	value, prefix := humanize.ComputeSI(rounded)
	return digits(value) + " " + prefix + unit
}

// digits formats a value with three significant digits, without zeros at the end.
func digits(value float64) string {
	return strconv.FormatFloat(value, 'g', 3, 64)
}

// Percent formats part as a percentage of whole with at most three digits, such as 33.3 %. It returns a dash if the whole is zero.
func Percent[N integer](part, whole N) string {
	if whole == 0 {
		return "–"
	}
	percent := 100 * float64(part) / float64(whole)
	if part > 0 && percent < 0.1 {
		return "< 0.1 %"
	}
	rounded := strconv.FormatFloat(percent, 'f', 1, 64)
	return strings.TrimSuffix(rounded, ".0") + " %"
}

// Time formats a time in UTC to the second, such as 2026-03-01 12:00:00 UTC.
func Time(t time.Time) string {
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
