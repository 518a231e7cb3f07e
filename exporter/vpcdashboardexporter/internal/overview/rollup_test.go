// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview/overviewtest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/topk"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// check verifies that the intervals of all levels are aligned and disjoint, and returns the number of counted flows.
func check(t *testing.T, r *rollup, oldest int64) (flows uint64) {
	t.Helper()
	for i := range r.levels {
		l := &r.levels[i]
		for start, b := range l.buckets {
			require.Equal(t, alignDown(start, l.width), start)
			require.GreaterOrEqual(t, start, max(l.from, oldest), "level %d", i)
			if i > 0 {
				require.LessOrEqual(t, start+l.width, r.levels[i-1].from, "intervals do not overlap")
			}
			var sources topk.Union[netip.Addr]
			sources.Add(&b.sources)
			for _, c := range sources.Counters() {
				flows += c.Counted.Flows
			}
		}
		if i > 0 {
			require.LessOrEqual(t, l.from, r.levels[i-1].from)
			require.Zero(t, r.levels[i-1].from%l.width, "an interval belongs to one level")
		}
	}
	return flows
}

func TestEachFlowIsInOneIntervalAtAnyAge(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	s := newStore(t, clock)
	generator := overviewtest.New(1)
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
		f := generator.Flow(max(when, start.Unix()))
		f.Src, f.Dst = generator.Internal(), generator.Internal()
		s.AddFlows([]flow.Flow{f})
		counted[alignDown(f.Time, day)]++
		if n%20 > 0 {
			continue
		}
		var kept uint64
		for begin, n := range counted {
			if begin >= s.history.oldest {
				kept += n
			}
		}
		require.Equal(t, kept, s.View(Query{}).Totals.Flows)
		if s.history.rollup.evicted.sources == 0 { // otherwise, evicted sources are missing
			require.Equal(t, kept, check(t, s.history.rollup, s.history.oldest))
		}
	}
	for i, most := range []int{71, 43, 49, 32} {
		assert.LessOrEqual(t, len(s.history.rollup.levels[i].buckets), most, "level %d", i)
	}
	assert.LessOrEqual(t, len(s.history.minutes), 32)
}

func TestTheNumberOfIntervalsIsBounded(t *testing.T) {
	r := newRollup(64)
	buckets := func() (n int) {
		for i := range r.levels {
			n += len(r.levels[i].buckets)
		}
		return n
	}
	most := 0
	oldest := start.Unix()
	for at := start.Unix(); at < start.Add(40*24*time.Hour).Unix(); at += minute {
		oldest = max(oldest, alignDown(at-31*day, day))
		r.advance(at, oldest, nil)
		r.at(at)
		most = max(most, buckets())
	}
	check(t, r, oldest)
	assert.LessOrEqual(t, most, 184, "the README uses this number for the memory")
	assert.Greater(t, most, 160)
}

func TestAlignDown(t *testing.T) {
	for _, tt := range []struct{ t, width, want int64 }{
		{0, 60, 0}, {59, 60, 0}, {60, 60, 60}, {-1, 60, -60}, {-60, 60, -60}, {-61, 60, -120},
	} {
		assert.Equal(t, tt.want, alignDown(tt.t, tt.width), "%d by %d", tt.t, tt.width)
	}
}
