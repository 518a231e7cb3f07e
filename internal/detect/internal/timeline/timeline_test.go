// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"cmp"
	"math/rand/v2"
	"slices"
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

func TestTimelineAgreesWithItsDefinition(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 0))
		window, lateness := 1+random.Int64N(30), random.Int64N(40)
		limit := 1 + random.IntN(60)
		var line Timeline
		var model []Entry // in order of time, then of arrival
		lost := int64(0)
		now := int64(1000)
		for step := range 300 {
			now += random.Int64N(4)
			s := Entry{T: now - random.Int64N(lateness+1), Value: Value{A: uint16(random.IntN(50))}}
			line.Add(s, window+lateness, limit)
			model, lost = addSlowly(model, lost, s, window+lateness, limit)
			require.Equal(t, model, slices.Clone(line.entries), "seed %d, step %d", seed, step)
			require.Equal(t, lost, line.lost)

			times := make([]int64, len(model))
			for i := range model {
				times[i] = model[i].T
			}
			want := bestOf(times, s.T, window, func(int) uint64 { return 1 })
			got := line.FullestWindow(s.T, window)
			require.Len(t, got, int(want), "seed %d, step %d", seed, step)
			if len(got) > 0 {
				require.Less(t, got[len(got)-1].T-window, got[0].T)
			}
			upTo := 0
			for _, at := range times {
				if at > s.T-window && at <= s.T {
					upTo++
				}
			}
			require.Len(t, line.WindowUpTo(s.T, window), upTo)
		}
	}
}

// addSlowly adds an entry to a plain list.
func addSlowly(list []Entry, lost int64, s Entry, keep int64, limit int) ([]Entry, int64) {
	if i := slices.IndexFunc(list, func(o Entry) bool { return o.Value == s.Value }); i >= 0 {
		if list[i].T > s.T {
			return list, lost
		}
		list = slices.Delete(slices.Clone(list), i, i+1)
	}
	list = append(slices.Clone(list), s)
	slices.SortStableFunc(list, func(a, b Entry) int { return cmp.Compare(a.T, b.T) })
	newest := list[len(list)-1].T
	list = slices.DeleteFunc(list, func(o Entry) bool { return o.T < newest-keep })
	if len(list) > limit {
		lost = max(lost, list[0].T)
		list = list[1:]
	}
	return list, lost
}

func TestTimelineEdges(t *testing.T) {
	at := func(times ...int64) *Timeline {
		var line Timeline
		for n, t := range times {
			line.Add(Entry{T: t, Value: Value{A: uint16(n + 1)}}, 1000, 100)
		}
		return &line
	}
	for _, c := range []struct {
		name      string
		line      *Timeline
		t, window int64
		want      int
	}{
		{"an entry exactly a window ago is out", at(0, 10), 10, 10, 1},
		{"an entry a second less than a window ago is in", at(1, 10), 10, 10, 2},
		{"a late flow counts in the window that ends at a later entry", at(5, 14, 9), 9, 10, 3},
		{"a later entry a whole window ahead does not help a late flow", at(5, 15), 5, 10, 1},
		{"entries of the same second are one after the other in the window", at(7, 7, 7), 7, 1, 3},
	} {
		t.Run(c.name, func(t *testing.T) { require.Len(t, c.line.FullestWindow(c.t, c.window), c.want) })
	}

	t.Run("a value that comes again late stays at its later time", func(t *testing.T) {
		var line Timeline
		v := Value{A: 1}
		line.Add(Entry{T: 100, Value: v}, 1000, 10)
		line.Add(Entry{T: 50, Value: v}, 1000, 10)
		require.Equal(t, []Entry{{T: 100, Value: v}}, line.entries)
		require.Len(t, line.FullestWindow(50, 60), 1, "the window that ends at 100 contains 50")
		require.Empty(t, line.FullestWindow(50, 50), "no window that ends at an entry contains 50")
	})

	t.Run("a full timeline says that its count is a floor while the lost entry would be in the window", func(t *testing.T) {
		var line Timeline
		for n := range int64(11) {
			line.Add(Entry{T: 100 + n, Value: Value{A: uint16(n)}}, 1000, 10)
		}
		require.True(t, line.IsLowerBound(line.FullestWindow(110, 11), 11))
		require.False(t, line.IsLowerBound(line.FullestWindow(110, 10), 10), "the lost entry is out of the window")
	})
}

func TestTimelineDecodesWhatItEncodes(t *testing.T) {
	const start = 1736899200
	var long Timeline
	for n := range 300 {
		long.Add(Entry{T: start + int64(n), Value: Value{A: uint16(n)}}, 1000, 1000)
	}
	var e encode.Encoder
	long.Encode(&e)
	var same, short Timeline
	d := encode.NewDecoder(e)
	same.Decode(d, 1000)
	require.False(t, d.Failed() || d.More())
	require.Equal(t, long, same)

	d = encode.NewDecoder(e)
	short.Decode(d, 256)
	require.False(t, d.Failed())
	require.Equal(t, long.entries[44:], short.entries, "a shorter timeline keeps the newest entries")
	require.EqualValues(t, start+43, short.lost)
	require.Len(t, short.times, 256)
}

func TestTimelineDoesNotDecodeTooManyEntries(t *testing.T) {
	var e encode.Encoder
	e.Int(0)
	e.Uint(1000)
	d := encode.NewDecoder(e)
	new(Timeline).Decode(d, 1)
	require.True(t, d.Failed())
}
