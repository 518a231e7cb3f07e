// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"hash/maphash"
	"math"
)

// crowd maps the networks of one length to numbers. It lies in one piece, so that to look something up costs one cache
// miss, where a map of Go costs two or three. Of IPv6, where a million take more than caches hold, a filter answers for most
// addresses that are in none. An entry takes 11 bytes in IPv4 and 29 in IPv6.
type crowd[N uint32 | [16]byte] struct {
	bits   int // the length
	count  int
	seed   maphash.Seed
	filter []uint64 // a bit for each hash, set where a network has it; nil in IPv4
	slots  []slot[N]
}

type slot[N uint32 | [16]byte] struct {
	network N
	number  int32 // 1 more than that, 0 in a free slot
}

// newCrowd makes one with room for n networks, at most.
func newCrowd[N uint32 | [16]byte](bits, n int) *crowd[N] {
	const perNetwork = 16                                                                 // bits of the filter, which then lets one in sixteen through
	c := &crowd[N]{bits: bits, seed: maphash.MakeSeed(), slots: make([]slot[N], n+n/3+1)} // a quarter stays free: searches are short
	if _, long := any(c).(*crowd[[16]byte]); long {
		c.filter = make([]uint64, n*perNetwork/64+1)
	}
	return c
}

// insert maps the network to the number, whatever it was mapped to before.
func (c *crowd[N]) insert(network N, number int32) {
	hash := c.hash(network)
	if c.filter != nil {
		word, bit := c.mark(hash)
		*word |= bit
	}
	s := c.slot(network, hash)
	if s.number == 0 {
		c.count++
	}
	*s = slot[N]{network, number + 1}
}

func (c *crowd[N]) find(network N) (number int32, ok bool) {
	hash := c.hash(network)
	if c.filter != nil {
		if word, bit := c.mark(hash); *word&bit == 0 {
			return 0, false
		}
	}
	s := c.slot(network, hash)
	return s.number - 1, s.number != 0
}

func (c *crowd[N]) hash(network N) uint64 { return maphash.Comparable(c.seed, network) }

// mark returns the hash's bit in the filter, by the lower half of the hash.
func (c *crowd[N]) mark(hash uint64) (word *uint64, bit uint64) {
	at := hash & math.MaxUint32 * uint64(len(c.filter)) >> 26 // 32 bits, of which 6 tell the bit in the word
	return &c.filter[at>>6], 1 << (at & 63)
}

// slot returns where the network stands, or the free slot where it would, by the upper half of the hash.
func (c *crowd[N]) slot(network N, hash uint64) *slot[N] {
	at := hash >> 32 * uint64(len(c.slots)) >> 32
	for {
		s := &c.slots[at]
		if s.number == 0 || s.network == network {
			return s
		}
		if at++; at == uint64(len(c.slots)) {
			at = 0
		}
	}
}
