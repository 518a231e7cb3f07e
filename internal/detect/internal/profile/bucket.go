// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package profile

import "math/bits"

// bucketBits is the number of bits after the highest bit of a number that select a bucket. With 3 bits, a bucket is one
// eighth of a power of two wide.
const bucketBits = 3

// numBuckets exceeds the bucket of the greatest int64.
const numBuckets = 64 << bucketBits

// bucket returns the bucket of a measure, which must not be negative.
func bucket(measure int64) int {
	length := bits.Len64(uint64(measure))
	if length <= bucketBits {
		return int(measure)
	}
	shift := length - bucketBits - 1
	return (shift+1)<<bucketBits + int(measure>>shift)&(1<<bucketBits-1)
}

// lowest returns the lowest measure of a bucket.
func lowest(bucket int) int64 {
	if bucket < 1<<bucketBits {
		return int64(bucket)
	}
	shift := bucket>>bucketBits - 1
	return int64(1<<bucketBits+bucket&(1<<bucketBits-1)) << shift
}
