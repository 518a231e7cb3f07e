// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package silence

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	hour  = 3600
	start = 1_736_899_200 // a full hour
)

var a, b = Key{"111122223333", "vpc-1"}, Key{"444455556666", ""}

// logging returns a tracker after a number of hours in which both keys logged every ten minutes, with records of the given
// age. The last records arrived at the returned time.
func logging(n, age int64) (t *Tracker, now int64) {
	t = New(hour, 100, start)
	for now = start; now < start+n*hour; now += 600 {
		t.Observe(a, now-age, now)
		t.Observe(b, now-age, now)
	}
	return t, now - 600
}

// keep lets b log until the given time.
func keep(t *Tracker, from, to int64) {
	for now := from; now <= to; now += 300 {
		t.Observe(b, now, now)
	}
}

func TestARegularKeyThatStopsIsReportedOnce(t *testing.T) {
	tracker, last := logging(20, 60)
	keep(tracker, last, last+hour)
	assert.Empty(t, tracker.Check(last+hour-1), "a second too early")
	assert.Equal(t, []Change{{Key: a, Opened: last + hour, Last: last}}, tracker.Check(last+hour))
	keep(tracker, last+hour, last+2*hour)
	assert.Empty(t, tracker.Check(last+2*hour), "one alert per silence")
	ended, found := tracker.Observe(a, last+2*hour, last+2*hour)
	require.True(t, found)
	assert.Equal(t, Change{Key: a, Opened: last + hour, Last: last, Ended: true}, ended)
	_, found = tracker.Observe(a, last+2*hour, last+2*hour)
	assert.False(t, found)
}

func TestAKeyMustBeLiveInTwentyHours(t *testing.T) {
	tracker, last := logging(19, 60)
	keep(tracker, last, last+hour)
	assert.Empty(t, tracker.Check(last+hour))
}

func TestOldRecordsAreNotLive(t *testing.T) {
	for age, live := range map[int64]bool{hour - 1: true, hour: false} {
		tracker, last := logging(24, age)
		for now := last; now <= last+hour; now += 300 {
			tracker.Observe(b, now-age, now)
		}
		assert.Equal(t, live, len(tracker.Check(last+hour)) == 1, "age %d", age)
	}
}

func TestAnotherKeyMustHaveLoggedInTheLastTenMinutes(t *testing.T) {
	tracker, last := logging(24, 60)
	assert.Empty(t, tracker.Check(last+hour), "nothing arrives at all")
	assert.True(t, tracker.NothingArrives(last+hour))
	assert.False(t, tracker.NothingArrives(last+hour-1))
	tracker.Observe(b, last+hour, last+hour)
	assert.False(t, tracker.NothingArrives(last+hour))
	assert.Empty(t, tracker.Check(last+hour+601), "more than ten minutes ago")
	assert.Len(t, tracker.Check(last+hour+600), 1)
}

func TestASilenceIsMeasuredFromTheStartAfterARestart(t *testing.T) {
	before, last := logging(24, 60)
	text, err := before.Save()
	require.NoError(t, err)
	began := last + 10*hour
	tracker := New(hour, 100, began)
	require.NoError(t, tracker.Load(text))
	assert.Empty(t, tracker.Check(began+2*hour), "nothing live was read since the start")
	keep(tracker, began, began+hour)
	assert.Empty(t, tracker.Check(began+hour-1))
	assert.Equal(t, []Change{{Key: a, Opened: began + hour, Last: last}}, tracker.Check(began+hour))
	text, err = tracker.Save()
	require.NoError(t, err)
	again := New(hour, 100, began+2*hour)
	require.NoError(t, again.Load(text))
	keep(again, began+2*hour, began+4*hour)
	assert.Empty(t, again.Check(began+4*hour), "the silence was reported before the restart")
	require.Error(t, again.Load([]byte("{")))
}

func TestKeysAreBounded(t *testing.T) {
	tracker := New(hour, 2, start)
	for i, k := range []Key{a, b, {"c", ""}} {
		tracker.Observe(k, start, start+int64(i))
	}
	assert.Len(t, tracker.keys, 2)
	assert.NotContains(t, tracker.keys, a)
	assert.EqualValues(t, 1, tracker.Evicted)
}
