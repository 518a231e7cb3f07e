// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview/overviewtest"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// check looks whether stretches are where they belong, and how much they have counted in all.
func check(t *testing.T, tiers *tiers, oldest int64) (flows uint64) {
	t.Helper()
	for i := range tiers.tiers {
		tier := &tiers.tiers[i]
		for start, tops := range tier.tops {
			require.Equal(t, alignDown(start, tier.width), start)
			require.GreaterOrEqual(t, start, max(tier.from, oldest), "tier %d", i)
			if i > 0 {
				require.LessOrEqual(t, start+tier.width, tiers.tiers[i-1].from, "no two stretches of one time")
			}
			for _, e := range tops.sources.entries {
				flows += e.counted.Flows
			}
		}
		if i > 0 {
			require.LessOrEqual(t, tier.from, tiers.tiers[i-1].from)
			require.Zero(t, tiers.tiers[i-1].from%tier.width, "a stretch lies in one tier")
		}
	}
	return flows
}

func TestEachFlowIsInOneStretchHoweverOldItGrows(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	s := newStore(t, clock)
	some := overviewtest.New(1)
	latest := start.Unix()
	counted := map[int64]uint64{} // by day
	for n := range 4000 {
		switch random.IntN(20) {
		case 0:
			latest += random.Int64N(day)
		default:
			latest += random.Int64N(10 * minute)
		}
		when := latest
		if random.IntN(3) == 0 {
			when -= random.Int64N(2 * day)
		}
		f := some.Flow(max(when, start.Unix()))
		f.Src, f.Dst = some.Inside(), some.Inside()
		s.AddFlows([]flow.Flow{f})
		counted[alignDown(f.Time, day)]++
		if n%20 > 0 {
			continue
		}
		var kept uint64
		for begin, n := range counted {
			if begin >= s.oldest {
				kept += n
			}
		}
		require.Equal(t, kept, s.View(Query{}).Totals.Flows)
		if s.tiers.evicted.sources == 0 { // else the light ones are not in the stretches
			require.Equal(t, kept, check(t, s.tiers, s.oldest))
		}
	}
	for i, most := range []int{71, 43, 49, 32} {
		assert.LessOrEqual(t, len(s.tiers.tiers[i].tops), most, "tier %d", i)
	}
	assert.LessOrEqual(t, len(s.series), 32)
}

func TestStretchesAreBoundedWhenAllAreFull(t *testing.T) {
	tiers := newTiers(64)
	tops := func() (n int) {
		for i := range tiers.tiers {
			n += len(tiers.tiers[i].tops)
		}
		return n
	}
	most := 0
	oldest := start.Unix()
	for at := start.Unix(); at < start.Add(40*24*time.Hour).Unix(); at += minute {
		oldest = max(oldest, alignDown(at-31*day, day))
		tiers.advance(at, oldest)
		tiers.at(at)
		most = max(most, tops())
	}
	check(t, tiers, oldest)
	assert.LessOrEqual(t, most, 184, "what the README says about memory counts with so many")
	assert.Greater(t, most, 160)
}

func TestAlignDown(t *testing.T) {
	for _, tt := range []struct{ t, width, want int64 }{
		{0, 60, 0}, {59, 60, 0}, {60, 60, 60}, {-1, 60, -60}, {-60, 60, -60}, {-61, 60, -120},
	} {
		assert.Equal(t, tt.want, alignDown(tt.t, tt.width), "%d by %d", tt.t, tt.width)
	}
}
