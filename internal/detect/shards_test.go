// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// neverEvict makes the tables so large that no key is evicted. Each shard has only its share of the limits. It also enables
// the rules that the model does not have.
func (c *randomCase) neverEvict() {
	c.cfg.MaxAttempts = 1_000_000
	for id, set := range c.cfg.Rules {
		set.MaxKeys = 1_000_000
		c.cfg.Rules[id] = set
	}
	for i := range c.cfg.CustomRules {
		c.cfg.CustomRules[i].MaxKeys = 1_000_000
	}
}

// batches divides the events of flows into batches of random length.
func batches(t *testing.T, engine *detect.Engine, flows []flow.Flow, random *rand.Rand) (list [][]*detect.Event) {
	t.Helper()
	var batch []*detect.Event
	for i := range flows {
		ev := new(detect.Event)
		if engine.Classify(&flows[i], clock, ev) == detect.Evaluate {
			batch = append(batch, ev)
		}
		if random.IntN(100) == 0 {
			list, batch = append(list, batch), nil
		}
	}
	return append(list, batch)
}

// oneAtATime returns the alerts of an engine with one shard that gets one event at a time.
func (c *randomCase) oneAtATime(t *testing.T) (alerts []*alert.Alert) {
	t.Helper()
	c.cfg.Shards = 1
	for _, emitted := range c.engine(t) {
		alerts = append(alerts, emitted...)
	}
	return alerts
}

func TestAlertsDoNotDependOnTheNumberOfShards(t *testing.T) {
	detect.RunShardsConcurrently(t)
	for seed := range uint64(200) {
		c := newCase(seed)
		c.neverEvict()
		want := c.oneAtATime(t)
		for _, shards := range []int{1, 2, 3, 8} {
			c.cfg.Shards = shards
			engine := newEngine(t, c.cfg, c.threats, c.countries)
			var got []*alert.Alert
			for _, batch := range batches(t, engine, c.flows, rand.New(rand.NewPCG(seed, 1))) {
				engine.ObserveAll(batch, func(a *alert.Alert) { got = append(got, a) })
			}
			require.Equal(t, want, got, "seed %d, %d shards", seed, shards)
		}
	}
}

func TestStatisticsDoNotDependOnTheNumberOfShards(t *testing.T) {
	detect.RunShardsConcurrently(t)
	for seed := range uint64(50) {
		c := newCase(seed)
		c.neverEvict()
		c.cfg.Profile = true
		var want detect.Stats
		var profile detect.Profile
		for _, shards := range []int{1, 2, 8} {
			c.cfg.Shards = shards
			engine := newEngine(t, c.cfg, c.threats, c.countries)
			for _, batch := range batches(t, engine, c.flows, rand.New(rand.NewPCG(seed, 1))) {
				engine.ObserveAll(batch, func(*alert.Alert) {})
			}
			got, gotProfile := engine.Stats(), engine.Profile()
			for i := range got.Rules {
				// A shard may drop a stale key earlier or later. A late flow of the key is then late or already known.
				got.Rules[i].Tracked, got.Rules[i].Suppressed[detect.Late] = 0, 0
			}
			got.Memory = nil
			for i := range gotProfile.Rules {
				gotProfile.Rules[i].Top = nil // keys with equal measures may have another order
				gotProfile.Rules[i].Settings = detect.Settings{}
				gotProfile.Rules[i].Rule = &detect.Rule{ID: gotProfile.Rules[i].ID} // each engine has its own custom rules
			}
			if shards == 1 {
				want, profile = got, gotProfile
				continue
			}
			require.Equal(t, want, got, "seed %d, %d shards", seed, shards)
			require.Equal(t, profile, gotProfile, "seed %d, %d shards", seed, shards)
		}
	}
}

func TestAlertsDoNotDependOnTheNumberOfShardsAfterRestarts(t *testing.T) {
	detect.RunShardsConcurrently(t)
	for seed := range uint64(100) {
		c := newCase(seed)
		c.neverEvict()
		want := c.oneAtATime(t)
		random := rand.New(rand.NewPCG(seed, 2))
		store := newMemory()
		engine := c.restored(t, store)
		var got []*alert.Alert
		for _, batch := range batches(t, engine, c.flows, random) {
			engine.ObserveAll(batch, func(a *alert.Alert) { got = append(got, a) })
			switch random.IntN(4) {
			case 0:
				require.NoError(t, engine.Save(store.write))
			case 1:
				require.NoError(t, engine.Save(store.write))
				c.cfg.Shards = 1 + random.IntN(9)
				engine = c.restored(t, store)
			case 2: // a crash right after a start with another number of shards
				require.NoError(t, engine.Save(store.write))
				c.cfg.Shards = 1 + random.IntN(9)
				engine = c.restored(t, store)
				store.refuse = true
				_ = engine.Save(store.write) // fails, unless there is nothing to save
				store.refuse = false
				c.cfg.Shards = 1 + random.IntN(9)
				engine = c.restored(t, store)
			}
		}
		require.Equal(t, want, got, "seed %d", seed)
	}
}

func TestStorageHasNoValuesOfFormerShards(t *testing.T) {
	c := newCase(8)
	c.neverEvict()
	sizes := map[int]int{}
	store := newMemory()
	for round, shards := range []int{8, 1, 8, 2, 1, 8, 2} {
		c.cfg.Shards = shards
		engine := c.restored(t, store)
		for _, batch := range batches(t, engine, c.flows[:1], rand.New(rand.NewPCG(1, 1))) {
			engine.ObserveAll(batch, func(*alert.Alert) {})
		}
		if round == 0 {
			for _, batch := range batches(t, engine, c.flows, rand.New(rand.NewPCG(1, 1))) {
				engine.ObserveAll(batch, func(*alert.Alert) {})
			}
		}
		require.NoError(t, engine.Save(store.write))
		if round == 0 {
			continue // a rule without keys has a header only after the number of shards has changed
		}
		if before, ok := sizes[shards]; ok {
			require.InDelta(t, before, len(store.values), 3, fmt.Sprint(shards, " shards"))
		}
		sizes[shards] = len(store.values)
	}
	require.Greater(t, sizes[8], sizes[1])
}

func TestShardsAreLimited(t *testing.T) {
	cfg := detect.DefaultConfig()
	for shards, want := range map[int]string{-1: "shards: -1 is not from 0 to 256", 0: "", 1: "", 256: "", 257: "shards: 257 is not from 0 to 256"} {
		cfg.Shards = shards
		err := cfg.Check()
		if want == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, want)
		}
	}
}
