// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package topk

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNthLargestMatchesSorting(t *testing.T) {
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
		require.Equal(t, sorted[n], nthLargest(slices.Clone(values), n), "%d of %v", n, values)
	}
}

func TestNthLargestHandlesBadPivots(t *testing.T) {
	const size = 4096
	orders := map[string]func(int) uint64{
		"rising":               func(i int) uint64 { return uint64(i) },
		"falling":              func(i int) uint64 { return uint64(size - i) },
		"all the same":         func(int) uint64 { return 7 },
		"rising, then falling": func(i int) uint64 { return uint64(min(i, size-i)) },
		"one is large":         func(i int) uint64 { return uint64(i/(size-1)) * math.MaxUint64 },
	}
	for name, value := range orders {
		t.Run(name, func(t *testing.T) {
			values := make([]uint64, size)
			for i := range values {
				values[i] = value(i)
			}
			sorted := slices.Sorted(slices.Values(values))
			for _, n := range []int{0, 1, 100, size / 2, size - 1} {
				assert.Equal(t, sorted[size-1-n], nthLargest(slices.Clone(values), n), "%d", n)
			}
		})
	}
}

func TestNthLargestOfTooFewValuesIsZero(t *testing.T) {
	assert.Zero(t, nthLargest(nil, 0))
	assert.Zero(t, nthLargest([]uint64{3, 5}, 2))
	assert.EqualValues(t, 3, nthLargest([]uint64{3, 5}, 1))
}
