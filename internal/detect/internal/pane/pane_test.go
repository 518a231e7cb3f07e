// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package pane

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// bestOf computes a measure by its definition: the greatest sum over all windows that end at an entry and contain t.
func bestOf(times []int64, t, window int64, weight func(i int) uint64) (best uint64) {
	for _, e := range times {
		if t <= e-window || t > e {
			continue
		}
		var sum uint64
		for i, at := range times {
			if at > e-window && at <= e {
				sum += weight(i)
			}
		}
		best = max(best, sum)
	}
	return best
}

func TestPanesAgreeWithTheirDefinition(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 1))
		length := 1 + random.Int64N(5)
		window, lateness := length*(1+random.Int64N(12)), random.Int64N(40)
		var p Panes
		sums := map[int64]uint64{}
		now := int64(1000)
		for step := range 300 {
			now += random.Int64N(4)
			flow := now - random.Int64N(lateness+1)
			weight := random.Uint64N(100)
			at := p.Add(&Flow{T: flow, Weight: weight, Other: 1}, length, window+lateness)
			require.Equal(t, flow-flow%length, at)
			sums[at] += weight
			var newest int64
			for t := range sums {
				newest = max(newest, t)
			}
			var times []int64
			var total uint64
			for t := range sums {
				if t < newest-window-lateness {
					delete(sums, t)
					continue
				}
				times = append(times, t)
				total += sums[t]
			}
			_, got := p.GreatestWindow(at, window)
			want := bestOf(times, at, window, func(i int) uint64 { return sums[times[i]] })
			require.Equal(t, want, got, "seed %d, step %d", seed, step)
			require.Equal(t, total, p.total)
		}
	}
}

func TestPanesNeverOverflow(t *testing.T) {
	var p Panes
	for n := range int64(420) {
		for range 3 {
			p.Add(&Flow{T: n, Weight: 1 << 63, Other: 1 << 63}, 1, 1000)
		}
	}
	_, sum := p.GreatestWindow(419, 420)
	require.Equal(t, uint64(420*Max), sum)
	require.Positive(t, int64(sum))
}

func TestPanesDecodeWhatTheyEncode(t *testing.T) {
	var p, got Panes
	for n := range int64(10) {
		p.Add(&Flow{T: 1000 + 5*n, Weight: uint64(n), Other: uint64(2 * n), Accepted: n%2 == 0, Rejected: n%3 == 0}, 5, 1000)
	}
	var e encode.Encoder
	p.Encode(&e)
	d := encode.NewDecoder(e)
	got.Decode(d)
	require.False(t, d.Failed() || d.More())
	require.Equal(t, p, got)
}

func TestPaneKeepsItsFirstFlowAndTheOutcomes(t *testing.T) {
	var p Panes
	p.Add(&Flow{T: 1007, Weight: 5, Other: 1, Accepted: true}, 10, 1000)
	p.Add(&Flow{T: 1003, Weight: 6, Other: 2, Rejected: true}, 10, 1000)
	p.Add(&Flow{T: 1009, Weight: 7, Other: 3}, 10, 1000)
	require.Equal(t, []Pane{{T: 1000, Weight: 18, Other: 6, First: 3, Flows: 3, Accepted: 1, Rejected: 1}}, p.list)
}

func TestSingleAgreesWithPanes(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 2))
		keep, now := 10+random.Int64N(30), int64(1000)
		var p Panes
		var s Single
		for range 40 {
			now += random.Int64N(20)
			f := Flow{T: now - random.Int64N(60), Weight: random.Uint64N(100), Other: 1, Accepted: random.IntN(2) == 0}
			if random.IntN(20) == 0 {
				f.Weight = math.MaxUint32 - random.Uint64N(50)
			}
			want := p.Add(&f, 5, keep)
			got, added := s.Add(&f, 5, keep)
			require.Equal(t, want, got)
			if !added {
				_, ok := p.Single()
				require.False(t, ok)
				break
			}
			require.Equal(t, []Pane{s.pane()}, p.list)
			require.Equal(t, p, s.Panes())
			require.Equal(t, p.Total(), s.Total())
			require.Equal(t, p.Newest(), s.Newest())
			panes, sum := s.GreatestWindow(want, 20)
			wantPanes, wantSum := p.GreatestWindow(want, 20)
			require.Equal(t, wantPanes, panes)
			require.Equal(t, wantSum, sum)
			same, ok := p.Single()
			require.True(t, ok)
			require.Equal(t, s, same)
			var long, brief encode.Encoder
			p.Encode(&long)
			s.Encode(&brief)
			require.Equal(t, long, brief)
		}
	}
}

func TestAddAllocatesOnlyForANewPane(t *testing.T) {
	list := make([]Single, 102)
	at, now := 0, int64(1000)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		list[at].Add(&Flow{T: now, Weight: 1}, 5, 100)
		at++
	}), "the first pane of a key")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		now += 110
		list[0].Add(&Flow{T: now, Weight: 1}, 5, 100)
	}), "a pane that replaces an old one")

	var p Panes
	for range 50 {
		now += 5
		p.Add(&Flow{T: now, Weight: 1}, 5, 100)
	}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		now += 5
		p.Add(&Flow{T: now, Weight: 1}, 5, 100)
	}), "panes that replace old ones")
}
