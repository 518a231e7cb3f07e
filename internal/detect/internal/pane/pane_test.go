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
			at := now - random.Int64N(lateness+1)
			at -= at % length
			weight := random.Uint64N(100)
			p.Add(at, weight, 1, window+lateness)
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
			p.Add(n, 1<<63, 1<<63, 1000)
		}
	}
	_, sum := p.GreatestWindow(419, 420)
	require.Equal(t, uint64(420*Max), sum)
	require.Positive(t, int64(sum))
}

func TestPanesDecodeWhatTheyEncode(t *testing.T) {
	var p, got Panes
	for n := range int64(10) {
		p.Add(1000+5*n, uint64(n), uint64(2*n), 1000)
	}
	var e encode.Encoder
	p.Encode(&e)
	d := encode.NewDecoder(e)
	got.Decode(d)
	require.False(t, d.Failed() || d.More())
	require.Equal(t, p, got)
}
