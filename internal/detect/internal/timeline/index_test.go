// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIndexAgreesWithAMap uses few hashes, so that many are equal or have the same place.
func TestIndexAgreesWithAMap(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 1))
		var x index
		model := map[uint32][]uint32{} // the numbers of each hash
		hashes, size := 1+random.Uint32N(100), 1+random.IntN(60)
		for number := range uint32(300) {
			hash := random.Uint32N(hashes)*random.Uint32N(3) | 1<<31
			if known := model[hash]; len(known) > 0 && x.used >= size {
				i := random.IntN(len(known))
				x.remove(hash, known[i])
				model[hash] = slices.Delete(known, i, i+1)
			} else {
				x.add(hash, number)
				model[hash] = append(known, number)
			}
			used := 0
			for hash, want := range model {
				var got []uint32
				for at := x.find(hash, hash); at >= 0; at = x.find(hash, uint32(at)+1) {
					got = append(got, x.slots[at].number)
				}
				slices.Sort(got)
				require.True(t, slices.Equal(slices.Sorted(slices.Values(want)), got), "seed %d", seed)
				used += len(want)
			}
			require.Equal(t, used, x.used)
		}
	}
}
