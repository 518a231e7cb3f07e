// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package lru

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// BenchmarkTouch measures known keys in random order and new keys at the limit.
func BenchmarkTouch(b *testing.B) {
	for _, keys := range []int{1_000, 100_000, 1_000_000} {
		table := New[[3]uint64](keys)
		touch := func(n int) {
			k := Key{Scope: 1}
			k.Src[10], k.Src[11] = 0xff, 0xff
			binary.BigEndian.PutUint32(k.Src[12:], uint32(n))
			table.Touch(&k)
		}
		for n := range keys {
			touch(n)
		}
		b.Run(fmt.Sprintf("known/%d", keys), func(b *testing.B) {
			n := 0
			for b.Loop() {
				touch(n)
				n = (n + 3_853_247) % keys
			}
		})
		b.Run(fmt.Sprintf("new/%d", keys), func(b *testing.B) {
			n := keys
			for b.Loop() {
				touch(n)
				n++
			}
		})
	}
}
