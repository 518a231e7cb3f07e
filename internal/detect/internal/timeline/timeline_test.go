// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// heapAlive returns the bytes that are alive.
func heapAlive() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// bestOf is the definition of a measure, word by word: over all windows that end at an entry and contain t.
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
		var line timeline
		var model []sighting // in order of time, then of arrival
		lost := int64(0)
		now := int64(1000)
		for step := range 300 {
			now += random.Int64N(4)
			s := sighting{t: now - random.Int64N(lateness+1), value: value{a: uint16(random.IntN(50))}}
			line.add(s, window+lateness, limit)
			model, lost = slowly(model, lost, s, window+lateness, limit)
			require.Equal(t, model, slices.Clone(line.seen), "seed %d, step %d", seed, step)
			require.Equal(t, lost, line.lost)

			times := make([]int64, len(model))
			for i := range model {
				times[i] = model[i].t
			}
			want := bestOf(times, s.t, window, func(int) uint64 { return 1 })
			got := line.best(s.t, window)
			require.Len(t, got, int(want), "seed %d, step %d", seed, step)
			if len(got) > 0 {
				require.Less(t, got[len(got)-1].t-window, got[0].t)
			}
			upTo := 0
			for _, at := range times {
				if at > s.t-window && at <= s.t {
					upTo++
				}
			}
			require.Len(t, line.upTo(s.t, window), upTo)
		}
	}
}

// slowly enters a sighting into a plain list.
func slowly(list []sighting, lost int64, s sighting, keep int64, limit int) ([]sighting, int64) {
	if i := slices.IndexFunc(list, func(o sighting) bool { return o.value == s.value }); i >= 0 {
		if list[i].t > s.t {
			return list, lost
		}
		list = slices.Delete(slices.Clone(list), i, i+1)
	}
	list = append(slices.Clone(list), s)
	slices.SortStableFunc(list, func(a, b sighting) int { return cmp.Compare(a.t, b.t) })
	newest := list[len(list)-1].t
	list = slices.DeleteFunc(list, func(o sighting) bool { return o.t < newest-keep })
	if len(list) > limit {
		lost = max(lost, list[0].t)
		list = list[1:]
	}
	return list, lost
}

func TestPanesAgreeWithTheirDefinition(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 1))
		length := 1 + random.Int64N(5)
		window, lateness := length*(1+random.Int64N(12)), random.Int64N(40)
		var p panes
		sums := map[int64]uint64{}
		now := int64(1000)
		for step := range 300 {
			now += random.Int64N(4)
			at := now - random.Int64N(lateness+1)
			at -= at % length
			weight := random.Uint64N(100)
			p.add(at, weight, 1, window+lateness)
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
			_, got := p.best(at, window)
			want := bestOf(times, at, window, func(i int) uint64 { return sums[times[i]] })
			require.Equal(t, want, got, "seed %d, step %d", seed, step)
			require.Equal(t, total, p.total)
		}
	}
}

func TestTimelineEdges(t *testing.T) {
	at := func(times ...int64) *timeline {
		var line timeline
		for n, t := range times {
			line.add(sighting{t: t, value: value{a: uint16(n + 1)}}, 1000, 100)
		}
		return &line
	}
	for _, c := range []struct {
		name      string
		line      *timeline
		t, window int64
		want      int
	}{
		{"an entry exactly a window ago is out", at(0, 10), 10, 10, 1},
		{"an entry a second less than a window ago is in", at(1, 10), 10, 10, 2},
		{"a late flow counts in the window that ends at a later entry", at(5, 14, 9), 9, 10, 3},
		{"a later entry a whole window ahead does not help a late flow", at(5, 15), 5, 10, 1},
		{"entries of the same second are one after the other in the window", at(7, 7, 7), 7, 1, 3},
	} {
		t.Run(c.name, func(t *testing.T) { require.Len(t, c.line.best(c.t, c.window), c.want) })
	}

	t.Run("a value that comes again late stays at its later time", func(t *testing.T) {
		var line timeline
		v := value{a: 1}
		line.add(sighting{t: 100, value: v}, 1000, 10)
		line.add(sighting{t: 50, value: v}, 1000, 10)
		require.Equal(t, []sighting{{t: 100, value: v}}, line.seen)
		require.Len(t, line.best(50, 60), 1, "the window that ends at 100 contains 50")
		require.Empty(t, line.best(50, 50), "no window that ends at an entry contains 50")
	})

	t.Run("a full timeline says that its count is a floor while the lost entry would be in the window", func(t *testing.T) {
		var line timeline
		for n := range int64(11) {
			line.add(sighting{t: 100 + n, value: value{a: uint16(n)}}, 1000, 10)
		}
		require.True(t, line.floor(line.best(110, 11), 11))
		require.False(t, line.floor(line.best(110, 10), 10), "the lost entry is out of the window")
	})
}

func TestPanesNeverOverflow(t *testing.T) {
	var p panes
	for n := range int64(420) {
		for range 3 {
			p.add(n, 1<<63, 1<<63, 1000)
		}
	}
	_, sum := p.best(419, 420)
	require.Equal(t, uint64(420*most), sum)
	require.Positive(t, int64(sum))
}

func TestSentenceParts(t *testing.T) {
	for seconds, want := range map[int64]string{
		1: "1 s", 59: "59 s", 60: "1 min", 61: "1 min 1 s", 3599: "59 min 59 s", 3600: "1 h", 3660: "1 h 1 min",
		86399: "23 h 59 min", 86400: "1 d", 90000: "1 d 1 h",
	} {
		require.Equal(t, want, period(seconds))
	}
	for bytes, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 20_000_001: "20.0 MB", 5_000_000_000_000_000_000: "5000.0 PB",
	} {
		require.Equal(t, want, amount(bytes))
	}
}
