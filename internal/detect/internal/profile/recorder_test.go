// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package profile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

func TestBucketIsAtMostOneEighthWide(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for measure := range int64(1000) {
		assertBucket(t, measure)
	}
	for range 10_000 {
		assertBucket(t, random.Int64()>>random.IntN(63))
	}
	assertBucket(t, math.MaxInt64)
}

func assertBucket(t *testing.T, measure int64) {
	t.Helper()
	least := lowest(bucket(measure))
	require.LessOrEqual(t, least, measure)
	require.LessOrEqual(t, measure-least, measure/8, "bucket %d of %d begins at %d", bucket(measure), measure, least)
	require.Equal(t, bucket(measure), bucket(least))
	if least > 0 {
		require.Equal(t, bucket(measure)-1, bucket(least-1))
	}
}

// record raises the maximum of a numbered key.
func (r *Recorder) record(number int, measure int64) {
	k := lru.Key{Scope: 1, Src: [16]byte{12: byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number)}}
	r.Raise(&k, measure, func() int64 { return measure })
}

func TestEvictedKeysStayInTheDistributionAndTheTop(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	r := NewRecorder(100)
	measures := make([]int64, 5000)
	for i := range measures {
		measures[i] = 1 + random.Int64N(1_000_000)>>random.IntN(20)
		r.record(i, measures[i])
	}
	slices.Sort(measures)
	d := Summarize(r)
	assert.EqualValues(t, 5000, d.Keys)
	assert.EqualValues(t, 4900, d.Approximate)
	for i, ranked := range d.Top {
		assert.Equal(t, measures[len(measures)-1-i], ranked.Measure)
	}
	for _, percent := range []int64{1, 50, 90, 99, 100} {
		exact := measures[(percent*5000+99)/100-1]
		assert.LessOrEqual(t, d.Percentile(percent), exact)
		assert.GreaterOrEqual(t, d.Percentile(percent), exact-exact/8)
	}
}

func TestRaiseMeasuresOnlyWhatMayBeAMaximum(t *testing.T) {
	r := NewRecorder(2)
	k := lru.Key{Scope: 1}
	asked := 0
	measure := func(n int64) func() int64 {
		return func() int64 {
			asked++
			return n
		}
	}
	r.Raise(&k, 5, measure(0))
	r.Raise(&k, 5, measure(3))
	r.Raise(&k, 3, measure(3))
	r.Raise(&k, 2, measure(2))
	assert.Equal(t, 2, asked)
	d := Summarize(r)
	assert.EqualValues(t, 1, d.Keys)
	assert.EqualValues(t, 3, d.Percentile(50))
}

func TestSummaryWithoutKeysIsZero(t *testing.T) {
	d := Summarize(NewRecorder(2))
	assert.Zero(t, d.Percentile(99))
	assert.Zero(t, d.KeysFrom(0))
	assert.Empty(t, d.Top)
}
