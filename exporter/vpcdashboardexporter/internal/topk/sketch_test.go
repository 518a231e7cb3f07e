// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package topk

import (
	"cmp"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

// item is one addition to a stream.
type item struct {
	key    int
	totals traffic.Totals
}

// streams generate keys in typical and adversarial orders.
var streams = map[string]func(random *rand.Rand, i int) item{
	"a few keys are heavy, as in real traffic": func(random *rand.Rand, _ int) item {
		return randomItem(random, int(random.ExpFloat64()*random.ExpFloat64()*40))
	},
	"all keys have the same weight": func(random *rand.Rand, _ int) item { return randomItem(random, random.IntN(5000)) },
	"each key occurs once":          randomItem,
	"keys repeat in a cycle longer than the table": func(random *rand.Rand, i int) item {
		return randomItem(random, i%101)
	},
	"one heavy key among many unique ones": func(random *rand.Rand, i int) item {
		if i%3 == 0 {
			return randomItem(random, -1)
		}
		return randomItem(random, i)
	},
	"weights grow, so that each new key is heavier than those before": func(_ *rand.Rand, i int) item {
		return item{i, traffic.Totals{Flows: 1, Bytes: uint64(i) * uint64(i), Rejected: uint64(i % 2)}}
	},
	"weights shrink": func(_ *rand.Rand, i int) item {
		return item{i, traffic.Totals{Flows: 1, Bytes: uint64(1 << 30 / (i + 1))}}
	},
	"keys that are heavy by bytes are light by flows": func(random *rand.Rand, i int) item {
		if i%50 == 0 {
			return item{1_000_000 + random.IntN(8), traffic.Totals{Flows: 1, Bytes: 1 << 40}}
		}
		return item{random.IntN(3000), traffic.Totals{Flows: 1, Bytes: 40, Rejected: uint64(random.IntN(2))}}
	},
	"all weigh nothing": func(_ *rand.Rand, i int) item { return item{key: i} },
}

func randomItem(random *rand.Rand, key int) item {
	return item{key, traffic.Totals{Flows: 1, Packets: 2, Bytes: random.Uint64N(1 << 20), Rejected: uint64(random.IntN(2))}}
}

// truth holds the exact totals by key.
type truth map[int]*traffic.Totals

func (tr truth) add(i item) {
	if tr[i.key] == nil {
		tr[i.key] = &traffic.Totals{}
	}
	tr[i.key].Add(&i.totals)
}

// check compares the bounds of each key with the exact totals.
func (tr truth) check(t *testing.T, counters []Counter[int], floor traffic.Values) {
	t.Helper()
	known := map[int]Counter[int]{}
	for _, c := range counters {
		known[c.Key] = c
	}
	for key, totals := range tr {
		c, tracked := known[key]
		for m, value := range totals.Values() {
			least, most := uint64(0), floor[m]
			if tracked {
				least, most = c.Counted.Values()[m], c.Max()[m]
				if c.Missed[m] > floor[m] {
					t.Fatalf("key %d may have missed %d by %s, more than the floor of %d", key, c.Missed[m], traffic.Measures[m], floor[m])
				}
			}
			if value < least || value > most {
				t.Fatalf("key %d (tracked: %v) has %d by %s, which is not from %d to %d", key, tracked, value, traffic.Measures[m], least, most)
			}
		}
	}
	for key := range known {
		if tr[key] == nil {
			t.Fatalf("key %d was never added", key)
		}
	}
}

const testLimit = 64

func TestTrueTotalsAreWithinTheBounds(t *testing.T) {
	for name, next := range streams {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(5) {
				random := rand.New(rand.NewPCG(seed, 7))
				var evicted uint64
				s := New[int](testLimit, &evicted)
				exact, total := truth{}, traffic.Totals{}
				for i := range 20_000 {
					each := next(random, i)
					s.Add(each.key, &each.totals)
					exact.add(each)
					total.Add(&each.totals)
					if len(s.counters) > testLimit {
						t.Fatalf("%d keys are tracked", len(s.counters))
					}
				}
				require.Len(t, s.index, len(s.counters))
				exact.check(t, s.counters, s.floor)
				for m, sum := range total.Values() {
					assert.LessOrEqual(t, s.floor[m], sum/(testLimit/4+1), "the documented error by %s", traffic.Measures[m])
				}
				assert.Equal(t, len(exact) > testLimit, evicted > 0)
			}
		})
	}
}

func TestTrueTotalsAreWithinTheBoundsAfterMerging(t *testing.T) {
	for name, next := range streams {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, 7))
			var evicted uint64
			merged, union := New[int](testLimit, &evicted), Union[int]{}
			exact, total := truth{}, traffic.Totals{}
			for part := range 20 {
				s := New[int](testLimit, &evicted)
				for i := range random.IntN(1500) {
					each := next(random, part*700+i)
					s.Add(each.key, &each.totals)
					exact.add(each)
					total.Add(&each.totals)
				}
				union.Add(&s)
				merged.Merge(&s)
				require.LessOrEqual(t, len(merged.counters), testLimit)
			}
			require.Len(t, merged.index, len(merged.counters))
			exact.check(t, merged.counters, merged.floor)
			exact.check(t, union.Counters(), union.floor)
			for m, sum := range total.Values() {
				assert.LessOrEqual(t, merged.floor[m], sum/(testLimit/4+1), "by %s", traffic.Measures[m])
				assert.LessOrEqual(t, union.floor[m], sum/(testLimit/4+1), "by %s", traffic.Measures[m])
			}
		})
	}
}

// flows returns totals whose values by flows, bytes and rejects are n, 10n and 0.
func flows(n uint64) traffic.Totals { return traffic.Totals{Flows: n, Bytes: 10 * n} }

func missed(n uint64) traffic.Values { return traffic.Values{n, 10 * n, 0} }

// sketchOf returns a Sketch with the given floor and counters.
func sketchOf(evicted *uint64, floor uint64, counters ...Counter[string]) Sketch[string] {
	s := New[string](8, evicted)
	s.floor = missed(floor)
	for _, c := range counters {
		s.append(c)
	}
	return s
}

// Each error bound after a merge is exact here: a looser one would be valid, but would grow with each merge.
func TestMergingAddsTheErrorBoundsOfBothSketches(t *testing.T) {
	var evicted uint64
	parts := func() (a, b Sketch[string]) {
		a = sketchOf(&evicted, 3, Counter[string]{"both", flows(20), missed(1)}, Counter[string]{"first", flows(30), missed(2)})
		b = sketchOf(&evicted, 5, Counter[string]{"both", flows(7), missed(4)}, Counter[string]{"second", flows(40), missed(0)})
		return a, b
	}
	want := []Counter[string]{
		{"both", flows(27), missed(1 + 4)},
		{"first", flows(30), missed(2 + 5)},
		{"second", flows(40), missed(0 + 3)},
	}

	merged, b := parts()
	merged.Merge(&b)
	assert.Equal(t, want, merged.counters)
	assert.Equal(t, missed(3+5), merged.floor)
	assert.Equal(t, map[string]int32{"both": 0, "first": 1, "second": 2}, merged.index)

	a, b := parts()
	var union Union[string]
	union.Add(&a)
	union.Add(&b)
	assert.Equal(t, want, union.Counters())
	assert.Equal(t, missed(3+5), union.floor)
	assert.Zero(t, evicted)
}

func TestMergingEmptySketchesKeepsTheFloors(t *testing.T) {
	var evicted uint64
	s, empty := sketchOf(&evicted, 3, Counter[string]{"a", flows(9), missed(1)}), sketchOf(&evicted, 5)
	s.Merge(&empty)
	assert.Equal(t, []Counter[string]{{"a", flows(9), missed(1 + 5)}}, s.counters)
	assert.Equal(t, missed(8), s.floor)
}

func TestMergingBeyondTheLimitRaisesTheFloorAndEvicts(t *testing.T) {
	var evicted uint64
	counters := func(names string, first uint64) (list []Counter[string]) {
		for i, name := range names {
			list = append(list, Counter[string]{string(name), flows(first + uint64(i)), missed(1)})
		}
		return list
	}
	a, b := sketchOf(&evicted, 2, counters("abcdef", 10)...), sketchOf(&evicted, 4, counters("uvwxyz", 20)...)
	a.Merge(&b)
	// k is 8/4 = 2. The third largest of all upper bounds is the bound of x: 23 counted, 1 missed there and 2 missed
	// here.
	assert.Equal(t, missed(23+1+2), a.floor)
	assert.Equal(t, []Counter[string]{{"y", flows(24), missed(3)}, {"z", flows(25), missed(3)}}, a.counters)
	assert.EqualValues(t, 10, evicted)
}

// A new key cannot have missed more than the floor at that time. The eviction that it causes does not matter.
func TestANewKeyMayHaveMissedTheFloorBeforeItsEviction(t *testing.T) {
	var evicted uint64
	s := sketchOf(&evicted, 1)
	for i := range uint64(8) {
		s.append(Counter[string]{string(rune('a' + i)), flows(10 + i), missed(1)})
	}
	one := flows(1)
	s.Add("new", &one)
	assert.Equal(t, missed(16), s.floor, "the third largest upper bound: f with 15 counted and 1 missed")
	assert.Equal(t, Counter[string]{"new", flows(1), missed(1)}, s.counters[len(s.counters)-1])
	assert.EqualValues(t, 6, evicted)
}

func TestTheFloorNeverFalls(t *testing.T) {
	var evicted uint64
	s := sketchOf(&evicted, 50)
	for i := range uint64(8) {
		s.append(Counter[string]{string(rune('a' + i)), flows(10 + i), missed(1)})
	}
	one := flows(1)
	s.Add("new", &one)
	assert.Equal(t, missed(50), s.floor)
	assert.Equal(t, []Counter[string]{{"new", flows(1), missed(50)}}, s.counters)
}

func TestCountsAreExactUpToTheLimit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 7))
	var evicted uint64
	s := New[int](testLimit, &evicted)
	exact := truth{}
	for range 5000 {
		each := randomItem(random, random.IntN(testLimit))
		s.Add(each.key, &each.totals)
		exact.add(each)
	}
	require.Len(t, s.counters, testLimit)
	for _, c := range s.counters {
		assert.Equal(t, *exact[c.Key], c.Counted)
		assert.Zero(t, c.Missed)
	}
	assert.Zero(t, s.floor)
	assert.Zero(t, evicted)

	s.Add(-1, &traffic.Totals{Flows: 1})
	assert.LessOrEqual(t, len(s.counters), testLimit*3/4+1, "one more key evicts several")
	assert.NotZero(t, evicted)
}

func TestHugeSumsSaturate(t *testing.T) {
	var evicted uint64
	s := New[int](testLimit, &evicted)
	for i := range 500 {
		s.Add(i, &traffic.Totals{Flows: 1, Bytes: math.MaxUint64 - uint64(i%3)})
	}
	other := s
	other.index, other.counters = map[int]int32{}, nil
	s.Merge(&other)
	for _, c := range s.counters {
		assert.GreaterOrEqual(t, c.Max()[1], uint64(math.MaxUint64-2))
	}
	var union Union[int]
	union.Add(&s)
	union.Add(&s)
	counters := union.Counters()
	for _, measure := range traffic.Measures {
		for _, c := range Rank(counters, measure, 100, cmp.Compare[int]) {
			assert.NotZero(t, c.Counted.By(measure))
		}
	}
}

func TestRankOrdersByUpperBoundThenErrorThenKey(t *testing.T) {
	counters := []Counter[string]{
		{"d", flows(5), missed(0)},
		{"b", flows(9), missed(1)},
		{"a", flows(10), missed(0)},
		{"c", flows(9), missed(1)},
		{"uncounted", flows(0), missed(50)},
	}
	keys := func(n int) (list []string) {
		for _, c := range Rank(counters, traffic.ByBytes, n, cmp.Compare[string]) {
			list = append(list, c.Key)
		}
		return list
	}
	assert.Equal(t, []string{"a", "b", "c", "d"}, keys(100))
	assert.Equal(t, []string{"a", "b"}, keys(2))
	assert.Empty(t, Rank(counters, traffic.ByRejects, 100, cmp.Compare[string]))
}
