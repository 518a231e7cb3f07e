// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMeasureIsAtMostAnEighthAboveItsStep(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for measure := range int64(1000) {
		assertStep(t, measure)
	}
	for range 10_000 {
		assertStep(t, random.Int64()>>random.IntN(63))
	}
	assertStep(t, math.MaxInt64)
}

func assertStep(t *testing.T, measure int64) {
	t.Helper()
	least := lowest(step(measure))
	require.LessOrEqual(t, least, measure)
	require.LessOrEqual(t, measure-least, measure/8, "step %d of %d begins at %d", step(measure), measure, least)
	require.Equal(t, step(measure), step(least))
	if least > 0 {
		require.Equal(t, step(measure)-1, step(least-1))
	}
}

// raise has a key come with a measure.
func (p *peaks) come(number int, measure int64) {
	k := key{scope: 1, src: [16]byte{12: byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number)}}
	p.raise(&k, measure, func() int64 { return measure })
}

func TestKeysThatAreTooManyStayInTheDistributionAndAmongTheHighest(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	p := newPeaks(100)
	measures := make([]int64, 5000)
	for i := range measures {
		measures[i] = 1 + random.Int64N(1_000_000)>>random.IntN(20)
		p.come(i, measures[i])
	}
	slices.Sort(measures)
	d, top, keys, folded := p.distribution()
	assert.EqualValues(t, 5000, keys)
	assert.EqualValues(t, 4900, folded)
	for i, r := range top {
		assert.Equal(t, measures[len(measures)-1-i], r.peak)
	}
	for _, percent := range []int64{1, 50, 90, 99, 100} {
		exact := measures[(percent*5000+99)/100-1]
		assert.LessOrEqual(t, d.percentile(percent, keys), exact)
		assert.GreaterOrEqual(t, d.percentile(percent, keys), exact-exact/8)
	}
}

func TestAKeyIsAskedForItsMeasureOnlyWhereThatMayBeAPeak(t *testing.T) {
	p := newPeaks(2)
	k := key{scope: 1}
	asked := 0
	measure := func(n int64) func() int64 {
		return func() int64 {
			asked++
			return n
		}
	}
	p.raise(&k, 5, measure(0))
	p.raise(&k, 5, measure(3))
	p.raise(&k, 3, measure(3))
	p.raise(&k, 2, measure(2))
	assert.Equal(t, 2, asked)
	d, _, keys, _ := p.distribution()
	assert.EqualValues(t, 1, keys)
	assert.EqualValues(t, 3, d.percentile(50, keys))
}

func TestANothingHasNoPercentile(t *testing.T) {
	d, top, keys, _ := newPeaks(2).distribution()
	assert.Zero(t, d.percentile(99, keys))
	assert.Zero(t, d.from(0))
	assert.Empty(t, top)
}
