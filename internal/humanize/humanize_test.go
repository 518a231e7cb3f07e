// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package humanize

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		n                   uint64
		comma, short, bytes string
	}{
		{0, "0", "0", "0 B"},
		{999, "999", "999", "999 B"},
		{1000, "1,000", "1 k", "1 kB"},
		{1500, "1,500", "1.5 k", "1.5 kB"},
		{9994, "9,994", "9.99 k", "9.99 kB"},
		{9999, "9,999", "10 k", "10 kB"},
		{10_000, "10,000", "10 k", "10 kB"},
		{12_345, "12,345", "12.3 k", "12.3 kB"},
		{999_499, "999,499", "999 k", "999 kB"},
		{999_500, "999,500", "1 M", "1 MB"},
		{1_234_567, "1,234,567", "1.23 M", "1.23 MB"},
		{20_000_000, "20,000,000", "20 M", "20 MB"},
		{1_000_000_000, "1,000,000,000", "1 G", "1 GB"},
		{math.MaxInt64, "9,223,372,036,854,775,807", "9.22 E", "9.22 EB"},
		{math.MaxUint64, "18,446,744,073,709,551,615", "18.4 E", "18.4 EB"},
	} {
		assert.Equal(t, test.comma, Comma(test.n))
		assert.Equal(t, test.short, Short(test.n))
		assert.Equal(t, test.bytes, Bytes(test.n))
	}
	for n, want := range map[int64]string{-1: "-1", -999: "-999", -1000: "-1,000", math.MinInt64: "-9,223,372,036,854,775,808"} {
		assert.Equal(t, want, Comma(n))
	}
}

func TestCountsHaveTheirNoun(t *testing.T) {
	assert.Equal(t, "0 flows", Count(0, "flow", "flows"))
	assert.Equal(t, "1 flow", Count(1, "flow", "flows"))
	assert.Equal(t, "2 addresses", Count(2, "address", "addresses"))
	assert.Equal(t, "1,000 flows", Count(uint64(1000), "flow", "flows"))
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		part, whole uint64
		want        string
	}{
		{0, 0, "–"},
		{0, 5, "0 %"},
		{1, 3, "33.3 %"},
		{9999, 10_000, "100 %"},
		{5, 5, "100 %"},
		{5, 1, "500 %"},
		{1, 1000, "0.1 %"},
		{1, 1001, "< 0.1 %"},
	} {
		assert.Equal(t, test.want, Percent(test.part, test.whole))
	}
}

func TestDurationsHaveTheirTwoLargestUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                            "0 s",
		400 * time.Millisecond:       "0 s",
		time.Second:                  "1 s",
		59 * time.Second:             "59 s",
		time.Minute:                  "1 min",
		90 * time.Second:             "1 min 30 s",
		time.Hour - time.Second:      "59 min 59 s",
		time.Hour:                    "1 h",
		time.Hour + 59*time.Second:   "1 h",
		90 * time.Minute:             "1 h 30 min",
		24*time.Hour - time.Second:   "23 h 59 min",
		24 * time.Hour:               "1 d",
		24*time.Hour + time.Minute:   "1 d",
		257*24*time.Hour + 20*3600e9: "257 d 20 h",
		-time.Second:                 "-1 s",
		-90 * time.Second:            "-1 min 30 s",
	} {
		assert.Equal(t, want, Duration(d))
	}
	assert.Equal(t, "10 min", Seconds(600))
	assert.Equal(t, "106751991167300 d 15 h", Seconds(math.MaxInt64))
	assert.Equal(t, "-106751991167300 d 15 h", Seconds(math.MinInt64))
}

func TestSettingsHaveNoZeroParts(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                             "0s",
		90 * time.Second:              "1m30s",
		10 * time.Minute:              "10m",
		time.Hour:                     "1h",
		time.Hour + 30*time.Minute:    "1h30m",
		720 * time.Hour:               "720h",
		time.Hour + 10*time.Second:    "1h0m10s",
		20*time.Minute + 10*time.Hour: "10h20m",
	} {
		assert.Equal(t, want, Setting(d))
		back, err := time.ParseDuration(want)
		assert.NoError(t, err)
		assert.Equal(t, d, back)
	}
}

func TestTimesAreInUTC(t *testing.T) {
	assert.Equal(t, "2026-03-10 00:02:03 UTC", Time(time.Date(2026, 3, 10, 1, 2, 3, 4, time.FixedZone("", 3600))))
}
