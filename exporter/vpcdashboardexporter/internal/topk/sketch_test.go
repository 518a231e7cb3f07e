// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// item is one addition to a stream.
type item struct {
	key  int
	sums Sums
}

// streams are orders in which keys may come, of which some are made to go wrong.
var streams = map[string]func(random *rand.Rand, i int) item{
	"a few are heavy, as in real traffic": func(random *rand.Rand, _ int) item {
		return weigh(random, int(random.ExpFloat64()*random.ExpFloat64()*40))
	},
	"all are alike":       func(random *rand.Rand, _ int) item { return weigh(random, random.IntN(5000)) },
	"each key comes once": weigh,
	"keys come in turns that are longer than the table": func(random *rand.Rand, i int) item {
		return weigh(random, i%101)
	},
	"one heavy key comes between many that come once": func(random *rand.Rand, i int) item {
		if i%3 == 0 {
			return weigh(random, -1)
		}
		return weigh(random, i)
	},
	"weights grow, so that each new key is heavier than those before": func(_ *rand.Rand, i int) item {
		return item{i, Sums{Flows: 1, Bytes: uint64(i) * uint64(i), Rejected: uint64(i % 2)}}
	},
	"weights shrink": func(_ *rand.Rand, i int) item {
		return item{i, Sums{Flows: 1, Bytes: uint64(1 << 30 / (i + 1))}}
	},
	"who is heavy by bytes is not by flows": func(random *rand.Rand, i int) item {
		if i%50 == 0 {
			return item{1_000_000 + random.IntN(8), Sums{Flows: 1, Bytes: 1 << 40}}
		}
		return item{random.IntN(3000), Sums{Flows: 1, Bytes: 40, Rejected: uint64(random.IntN(2))}}
	},
	"all weigh nothing": func(_ *rand.Rand, i int) item { return item{key: i} },
}

func weigh(random *rand.Rand, key int) item {
	return item{key, Sums{Flows: 1, Packets: 2, Bytes: random.Uint64N(1 << 20), Rejected: uint64(random.IntN(2))}}
}

// checkBounds compares what is known of each key with what is true.
func checkBounds(t *testing.T, truth map[int]*Sums, known map[int]tally[int], floor amount) {
	t.Helper()
	for key, sums := range truth {
		is := sums.amount()
		got, followed := known[key]
		for m, value := range is {
			least, most := uint64(0), floor[m]
			if followed {
				least, most = got.upper()[m]-got.missed[m], got.upper()[m]
			}
			if value < least || value > most || followed && least != got.counted.amount()[m] {
				t.Fatalf("key %d (followed: %v) has %d by %s, which is not from %d to %d", key, followed, value, measures[m], least, most)
			}
		}
	}
	for key := range known {
		if truth[key] == nil {
			t.Fatalf("%d never came", key)
		}
	}
}

func known(tallies []tally[int]) map[int]tally[int] {
	byKey := map[int]tally[int]{}
	for _, t := range tallies {
		byKey[t.key] = t
	}
	return byKey
}

func note(truth map[int]*Sums, i item) {
	if truth[i.key] == nil {
		truth[i.key] = &Sums{}
	}
	truth[i.key].add(&i.sums)
}

const testLimit = 64

func TestWhatIsTrueLiesWithinTheBounds(t *testing.T) {
	for name, next := range streams {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(5) {
				random := rand.New(rand.NewPCG(seed, 7))
				var evicted uint64
				h := newHeavy[int](testLimit, &evicted)
				truth, total := map[int]*Sums{}, Sums{}
				for i := range 20_000 {
					each := next(random, i)
					h.add(each.key, &each.sums)
					note(truth, each)
					total.add(&each.sums)
					if len(h.entries) > testLimit {
						t.Fatalf("%d keys are followed", len(h.entries))
					}
				}
				require.Len(t, h.index, len(h.entries))
				checkBounds(t, truth, known(h.entries), h.floor)
				for m, sum := range total.amount() {
					assert.LessOrEqual(t, h.floor[m], sum/(testLimit/4+1), "the error that is promised, by %s", measures[m])
				}
				assert.Equal(t, len(truth) > testLimit, evicted > 0)
			}
		})
	}
}

func TestWhatIsTrueLiesWithinTheBoundsOfManyMerged(t *testing.T) {
	for name, next := range streams {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, 7))
			var evicted uint64
			merged, parts := newHeavy[int](testLimit, &evicted), union[int]{}
			truth, total := map[int]*Sums{}, Sums{}
			for part := range 20 {
				h := newHeavy[int](testLimit, &evicted)
				for i := range random.IntN(1500) {
					each := next(random, part*700+i)
					h.add(each.key, &each.sums)
					note(truth, each)
					total.add(&each.sums)
				}
				parts.add(&h)
				merged.merge(&h)
				require.LessOrEqual(t, len(merged.entries), testLimit)
			}
			require.Len(t, merged.index, len(merged.entries))
			checkBounds(t, truth, known(merged.entries), merged.floor)
			checkBounds(t, truth, known(parts.end()), parts.floor)
			for m, sum := range total.amount() {
				assert.LessOrEqual(t, merged.floor[m], sum/(testLimit/4+1), "by %s", measures[m])
				assert.LessOrEqual(t, parts.floor[m], sum/(testLimit/4+1), "by %s", measures[m])
			}
		})
	}
}

func TestAllIsExactAsLongAsAllFindRoom(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 7))
	var evicted uint64
	h := newHeavy[int](testLimit, &evicted)
	truth := map[int]*Sums{}
	for range 5000 {
		each := weigh(random, random.IntN(testLimit))
		h.add(each.key, &each.sums)
		note(truth, each)
	}
	require.Len(t, h.entries, testLimit)
	for _, e := range h.entries {
		assert.Equal(t, *truth[e.key], e.counted)
		assert.Zero(t, e.missed)
	}
	assert.Zero(t, h.floor)
	assert.Zero(t, evicted)

	h.add(-1, &Sums{Flows: 1})
	assert.LessOrEqual(t, len(h.entries), testLimit*3/4+1, "one more makes room for several")
	assert.NotZero(t, evicted)
}

func TestSumsTooGreatToHoldStayTheGreatest(t *testing.T) {
	most := Sums{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}
	sums := most
	sums.add(&Sums{1, 1, 1, 1, 1})
	assert.Equal(t, most, sums)

	var evicted uint64
	h := newHeavy[int](testLimit, &evicted)
	for i := range 500 {
		h.add(i, &Sums{Flows: 1, Bytes: math.MaxUint64 - uint64(i%3)})
	}
	other := h
	other.index, other.entries = map[int]int32{}, nil
	h.merge(&other)
	for _, e := range h.entries {
		assert.GreaterOrEqual(t, e.upper()[1], uint64(math.MaxUint64-2))
	}
	var all union[int]
	all.add(&h)
	all.add(&h)
	for _, place := range []int{0, 1, 2} {
		for _, each := range rank(all.end(), place, func(a, b int) int { return a - b }) {
			assert.NotZero(t, each.counted.amount()[place])
		}
	}
}
