// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNthGreatestIsThatOfTheSortedValues(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		values := make([]uint64, 1+random.IntN(300))
		span := []uint64{1, 2, 10, 1000, math.MaxUint64}[random.IntN(5)]
		for i := range values {
			values[i] = random.Uint64N(span)
		}
		sorted := slices.Sorted(slices.Values(values))
		slices.Reverse(sorted)
		n := random.IntN(len(values))
		require.Equal(t, sorted[n], nthGreatest(slices.Clone(values), n), "%d of %v", n, values)
	}
}

func TestNthGreatestOfValuesInAnOrderThatSplitsBadly(t *testing.T) {
	const size = 4096
	orders := map[string]func(int) uint64{
		"rising":        func(i int) uint64 { return uint64(i) },
		"falling":       func(i int) uint64 { return uint64(size - i) },
		"all the same":  func(int) uint64 { return 7 },
		"an organ pipe": func(i int) uint64 { return uint64(min(i, size-i)) },
		"one is great":  func(i int) uint64 { return uint64(i/(size-1)) * math.MaxUint64 },
	}
	for name, value := range orders {
		t.Run(name, func(t *testing.T) {
			values := make([]uint64, size)
			for i := range values {
				values[i] = value(i)
			}
			sorted := slices.Sorted(slices.Values(values))
			for _, n := range []int{0, 1, 100, size / 2, size - 1} {
				assert.Equal(t, sorted[size-1-n], nthGreatest(slices.Clone(values), n), "%d", n)
			}
		})
	}
}

func TestNthGreatestOfFewerIsZero(t *testing.T) {
	assert.Zero(t, nthGreatest(nil, 0))
	assert.Zero(t, nthGreatest([]uint64{3, 5}, 2))
	assert.EqualValues(t, 3, nthGreatest([]uint64{3, 5}, 1))
}
