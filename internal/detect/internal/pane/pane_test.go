// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package pane

import (
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
			require.Equal(t, total, p.Total())
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
	require.Equal(t, []Pane{{T: 1000, Weight: 18, Other: 6, First: 3, Flows: 3, Accepted: 1, Rejected: 1}}, p.all())
}

func TestAddAllocatesOnlyForASecondPane(t *testing.T) {
	list := make([]Panes, 102)
	at, now := 0, int64(1000)
	add := func(p *Panes) { p.Add(&Flow{T: now, Weight: 1}, 5, 100) }
	require.Zero(t, testing.AllocsPerRun(100, func() {
		add(&list[at])
		at++
	}), "new panes")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		now += 110
		add(&list[0])
	}), "a pane that replaces an old one")
	require.Equal(t, 1, list[0].Len())
	for range 50 {
		now += 5
		add(&list[0])
	}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		now += 5
		add(&list[0])
	}), "panes that replace old ones")
}
