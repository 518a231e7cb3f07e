// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview/overviewtest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// disk stores values, or refuses to.
type disk struct {
	values map[string][]byte
	full   error
	writes int
}

func (d *disk) write(changes []Change) error {
	if d.full != nil {
		return d.full
	}
	d.writes++
	for _, c := range changes {
		if c.Value == nil {
			delete(d.values, c.Key)
		} else {
			d.values[c.Key] = c.Value
		}
	}
	return nil
}

func (d *disk) get(key string) ([]byte, error) { return d.values[key], nil }

func savedSettings(change func(*Settings)) Settings {
	settings := Settings{
		Internal: network.NewRanges(network.DefaultInternal), Countries: network.BuiltIn(), Retention: 3 * 24 * time.Hour, MaxAlerts: 300,
		MaxKeys: 64, Now: clock, Saved: true,
	}
	if change != nil {
		change(&settings)
	}
	return settings
}

// requireSame requires that two stores show the same.
func requireSame(t *testing.T, want, got *Store) {
	t.Helper()
	for _, length := range []time.Duration{0, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour} {
		wantView, gotView := want.View(Query{Range: length, Top: 50}), got.View(Query{Range: length, Top: 50})
		wantView.Health.Evicted, gotView.Health.Evicted = nil, nil // counts since the start
		require.Equal(t, wantView, gotView, length)
	}
	wantAlerts, wantTotal := want.Episodes(AlertQuery{})
	gotAlerts, gotTotal := got.Episodes(AlertQuery{})
	require.Equal(t, wantTotal, gotTotal)
	require.Equal(t, wantAlerts, gotAlerts)
}

var statuses = []alert.Status{alert.Opened, alert.Updated, alert.Resolved}

func TestARestoredStoreShowsTheSame(t *testing.T) {
	for seed := range uint64(3) {
		random, generator := rand.New(rand.NewPCG(seed, 9)), overviewtest.New(seed)
		s, d := New(savedSettings(nil)), &disk{values: map[string][]byte{}}
		when := start.Unix()
		for range 300 {
			when += random.Int64N(3600)
			var flows []flow.Flow
			for range random.IntN(30) {
				flows = append(flows, generator.Flow(when-random.Int64N(7200)))
			}
			s.AddFlows(flows)
			for range random.IntN(4) {
				a := testAlert(fmt.Sprint("uid-", random.IntN(500)), statuses[random.IntN(len(statuses))], 0, alert.High)
				a.Time, a.DryRun = when-random.Int64N(4*24*3600), random.IntN(5) == 0
				s.AddAlert(a)
			}
			s.AddUndecodable("not_a_flow", 1)
			if d.full = nil; random.IntN(3) == 0 {
				d.full = errors.New("disk full")
			}
			if random.IntN(4) == 0 {
				require.ErrorIs(t, s.Save(d.write), d.full)
			}
			if random.IntN(40) == 0 { // a restart
				d.full = nil
				require.NoError(t, s.Save(d.write))
				again := New(savedSettings(nil))
				bad, err := again.Load(d.get)
				require.NoError(t, err)
				require.Empty(t, bad)
				requireSame(t, s, again)
				s = again
			}
		}
	}
}

func TestSaveWritesOnlyChanges(t *testing.T) {
	s, d := New(savedSettings(nil)), &disk{values: map[string][]byte{}}
	require.NoError(t, s.Save(d.write))
	assert.Zero(t, d.writes, "an empty store")
	s.AddFlows([]flow.Flow{at(start, flow.Accept, 1)})
	s.AddAlert(testAlert("a", alert.Opened, 0, alert.High))
	require.NoError(t, s.Save(d.write))
	require.NoError(t, s.Save(d.write))
	assert.Equal(t, 1, d.writes, "nothing has changed")
	s.AddAlert(testAlert("b", alert.Opened, 0, alert.High))
	require.NoError(t, s.Save(func(changes []Change) error {
		var keys []string
		for _, c := range changes {
			keys = append(keys, c.Key)
		}
		assert.Equal(t, []string{fmt.Sprintf(alertsKey, slotOf("b")), contentsKey, fmt.Sprintf(dayKey, start.Unix())}, keys)
		return nil
	}))
}

func TestExpiredAndEvictedValuesAreDeleted(t *testing.T) {
	s, d := New(savedSettings(func(set *Settings) { set.MaxAlerts = 1 })), &disk{values: map[string][]byte{}}
	for n := range 40 {
		s.AddFlows([]flow.Flow{at(start.Add(time.Duration(n)*24*time.Hour), flow.Accept, 1)})
		s.AddAlert(testAlert(fmt.Sprint(n), alert.Opened, n*24*60, alert.High))
		require.NoError(t, s.Save(d.write))
	}
	assert.Less(t, len(d.values), 14)
}

func TestASmallerLimitEvicts(t *testing.T) {
	s, d := New(savedSettings(nil)), &disk{values: map[string][]byte{}}
	generator := overviewtest.New(1)
	var flows []flow.Flow
	for n := range int64(2000) {
		flows = append(flows, generator.Flow(start.Unix()+n*60))
	}
	s.AddFlows(flows)
	for n := range 100 {
		s.AddAlert(testAlert(fmt.Sprint(n), alert.Opened, n, alert.High))
	}
	require.NoError(t, s.Save(d.write))
	again := New(savedSettings(func(set *Settings) { set.MaxAlerts, set.MaxKeys, set.Retention = 10, 8, time.Hour }))
	bad, err := again.Load(d.get)
	require.NoError(t, err)
	assert.Empty(t, bad)
	_, total := again.Episodes(AlertQuery{})
	assert.LessOrEqual(t, total, 10)
	for b := range again.history.rollup.since(0) {
		assert.LessOrEqual(t, len(b.sources.State().Counters), 8)
	}
	assert.False(t, again.View(Query{}).From.Before(start.Add(24*time.Hour)))
}

func TestAValueThatCannotBeDecodedCostsOnlyItself(t *testing.T) {
	s, d := New(savedSettings(nil)), &disk{values: map[string][]byte{}}
	s.AddFlows([]flow.Flow{at(start, flow.Accept, 1)})
	s.AddAlert(testAlert("a", alert.Opened, 0, alert.High))
	require.NoError(t, s.Save(d.write))
	for key := range d.values {
		kept := d.values[key]
		d.values[key] = []byte("no gob")
		again := New(savedSettings(nil))
		bad, err := again.Load(d.get)
		require.NoError(t, err)
		require.Len(t, bad, 1)
		require.ErrorContains(t, bad[0], "decode "+key+": ")
		again.View(Query{})
		d.values[key] = kept
	}
	failed := errors.New("read error")
	_, err := New(savedSettings(nil)).Load(func(string) ([]byte, error) { return nil, failed })
	require.EqualError(t, err, "read contents: read error")
}
