// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// digest returns a hash of all lines of a log, and their number.
func digest(t *testing.T, version int, o Options) (string, int) {
	t.Helper()
	l, err := NewLog(version, o)
	require.NoError(t, err)
	return digestOf(l)
}

func digestOf(l *Log) (string, int) {
	sum := sha256.New()
	n := 0
	for r := range l.Records() {
		sum.Write(append(l.AppendLine(nil, r), '\n'))
		n++
	}
	return string(sum.Sum(nil)), n
}

func TestSameSeedSameRecords(t *testing.T) {
	for _, version := range Versions() {
		first, _ := digest(t, version, oneDay())
		again, _ := digest(t, version, oneDay())
		assert.Equal(t, first, again)

		o := oneDay()
		o.Seed++
		other, _ := digest(t, version, o)
		assert.NotEqual(t, first, other)

		l, err := NewLog(version, oneDay())
		require.NoError(t, err)
		once, _ := digestOf(l)
		twice, _ := digestOf(l)
		assert.Equal(t, first, once)
		assert.Equal(t, first, twice, "a log can be read again")
	}
}

func TestRecordsArriveAtTheEndOfTheirInterval(t *testing.T) {
	o := DefaultOptions()
	o.Days, o.Rate = 9, 0.2
	for _, version := range Versions() {
		l, err := NewLog(version, o)
		require.NoError(t, err)
		var arrival, newest, late int64
		begin, end := o.Start.Unix(), o.Start.Unix()+9*86400
		for r := range l.Records() {
			require.LessOrEqual(t, arrival, r.arrival)
			require.LessOrEqual(t, r.Start, r.End)
			require.Less(t, r.End-r.Start, int64(60))
			require.True(t, r.Start >= begin-60 && r.arrival <= end)
			arrival, newest = r.arrival, max(newest, r.Start)
			late = max(late, newest-r.Start)
		}
		assert.Less(t, late, int64(120), "far less than the lateness that detection allows")
	}
}

func TestScriptsDoNotChangeTheOrdinaryTraffic(t *testing.T) {
	lines := func(scripts []string) map[string]bool {
		o := DefaultOptions()
		o.Days, o.Rate, o.Scripts = 9, 0.5, scripts
		l, err := NewLog(2, o)
		require.NoError(t, err)
		out := make(map[string]bool)
		for r := range l.Records() {
			out[string(l.AppendLine(nil, r))] = true
		}
		return out
	}
	without, with := lines([]string{}), lines([]string{"beacon"})
	assert.Greater(t, len(with), len(without))
	for line := range without {
		require.True(t, with[line], line)
	}
}

func TestNumberOfRecordsIsExactAndSpreadOverTheDays(t *testing.T) {
	for _, version := range Versions() {
		o := DefaultOptions()
		o.Records = 60_000
		l, err := NewLog(version, o)
		require.NoError(t, err)
		n, last := 0, int64(0)
		for r := range l.Records() {
			n, last = n+1, r.Start
		}
		assert.Equal(t, 60_000, n)
		assert.InDelta(t, 10, float64(last-o.Start.Unix())/86400, 0.8)
	}
}

func TestRecordsPerDay(t *testing.T) {
	o := DefaultOptions()
	o.Days, o.Scripts = 7, []string{}
	for _, version := range Versions() {
		perDay := recordsPerDay[version]
		for _, rate := range []float64{0.5, 1} {
			o.Rate = rate
			_, n := digest(t, version, o)
			assert.InEpsilon(t, perDay.fixed+rate*perDay.scaled, float64(n)/7, 0.08, "version %d at rate %v", version, rate)
		}
	}
}

func TestNewLogRefusesInvalidOptions(t *testing.T) {
	_, err := NewLog(7, oneDay())
	require.ErrorContains(t, err, "version 7")
	o := oneDay()
	o.Days = 0
	_, err = NewLog(2, o)
	assert.ErrorContains(t, err, "days 0")
}

func TestRecordsCanStopEarly(t *testing.T) {
	l, err := NewLog(2, oneDay())
	require.NoError(t, err)
	n := 0
	for range l.Records() {
		n++
		if n == 3 {
			break
		}
	}
	assert.Equal(t, 3, n)
}
