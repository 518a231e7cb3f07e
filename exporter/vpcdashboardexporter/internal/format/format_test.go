// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestNumbersForPeople(t *testing.T) {
	for _, c := range []struct {
		n                          uint64
		exact, count, short, bytes string
	}{
		{0, "0", "0", "0", "0 B"},
		{999, "999", "999", "999", "999 B"},
		{1000, "1,000", "1,000", "1 k", "1 kB"},
		{1500, "1,500", "1,500", "1.5 k", "1.5 kB"},
		{9999, "9,999", "9,999", "10 k", "10 kB"},
		{10_000, "10,000", "10 k", "10 k", "10 kB"},
		{12_345, "12,345", "12.3 k", "12.3 k", "12.3 kB"},
		{999_499, "999,499", "999 k", "999 k", "999 kB"},
		{999_500, "999,500", "1 M", "1 M", "1 MB"},
		{1_234_567, "1,234,567", "1.23 M", "1.23 M", "1.23 MB"},
		{20_000_000, "20,000,000", "20 M", "20 M", "20 MB"},
		{math.MaxUint64, "18,446,744,073,709,551,615", "18.4 E", "18.4 E", "18.4 EB"},
	} {
		assert.Equal(t, c.exact, exact(c.n))
		assert.Equal(t, c.count, count(c.n))
		assert.Equal(t, c.short, short(c.n))
		assert.Equal(t, c.bytes, byteCount(c.n))
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole uint64
		want        string
	}{
		{0, 0, "–"}, {0, 5, "0 %"}, {1, 3, "33.3 %"}, {5, 5, "100 %"}, {1, 1000, "0.1 %"}, {1, 1001, "< 0.1 %"},
	} {
		assert.Equal(t, c.want, percent(c.part, c.whole))
	}
}

func TestPeriod(t *testing.T) {
	for given, want := range map[time.Duration]string{
		0:                          "0 s",
		400 * time.Millisecond:     "0 s",
		59 * time.Second:           "59 s",
		time.Minute:                "1 min",
		90 * time.Second:           "1 min 30 s",
		time.Hour:                  "1 h",
		time.Hour + 59*time.Second: "1 h",
		day:                        "1 d",
		257*day + 20*time.Hour + 1: "257 d 20 h",
		-90 * time.Second:          "-1 min 30 s",
	} {
		assert.Equal(t, want, period(given))
	}
}

func TestTimesAreInUTCAndSaySo(t *testing.T) {
	at := time.Date(2026, 3, 10, 1, 2, 3, 4, time.FixedZone("", 3600))
	assert.Equal(t, "2026-03-10 00:02:03 UTC", utc(at))
	assert.Equal(t, "2026-03-10T00:02:03Z", iso(at))
	assert.Equal(t, "1970-01-01 00:01:00 UTC", utc(unix(60)))
}

func TestNames(t *testing.T) {
	assert.Equal(t, "Germany", country("DE"))
	assert.Equal(t, "South Korea", country("KR"))
	for _, code := range []string{"", "d", "<script>", "ZZZZ", hostile} {
		assert.NotContains(t, country(code), "<", code)
	}
	assert.Equal(t, "SSH", service("22"))
	for _, port := range []string{"", "-", "65536", "-1", "49152", "<b>"} {
		assert.Empty(t, service(port), port)
	}
}

func TestSecondsOfAnyNumberAreALength(t *testing.T) {
	assert.Equal(t, "10 min", seconds(600))
	assert.Equal(t, "-10 min", seconds(-600))
	for _, s := range []int64{math.MaxInt64, 1 << 54, 253402300799} {
		assert.Equal(t, "106751 d 23 h", seconds(s))
		assert.Equal(t, "-106751 d 23 h", seconds(-s))
	}
}
