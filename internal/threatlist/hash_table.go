// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"hash/maphash"
	"math"
)

// hashTable maps the networks of one prefix length to values, by open addressing. A look-up costs one cache miss, while
// a Go map costs two or three. A table of a million IPv6 networks exceeds the CPU's caches, so a Bloom filter rejects
// most networks that are absent. An entry takes 11 bytes in IPv4 and 29 bytes in IPv6.
type hashTable[N uint32 | [16]byte] struct {
	bits   int // the prefix length
	count  int
	seed   maphash.Seed
	filter []uint64 // a Bloom filter with one bit per network; nil in IPv4
	slots  []slot[N]
}

type slot[N uint32 | [16]byte] struct {
	network N
	value   int32 // plus 1; 0 in a free slot
}

// newHashTable returns a table with space for n networks. The caller must not insert more.
func newHashTable[N uint32 | [16]byte](bits, n int) *hashTable[N] {
	const filterBits = 16 // per network: one absent network in sixteen passes the filter
	h := &hashTable[N]{
		bits:  bits,
		seed:  maphash.MakeSeed(),
		slots: make([]slot[N], n+n/3+1), // a quarter stays free, so that searches are short
	}
	if _, ipv6 := any(h).(*hashTable[[16]byte]); ipv6 {
		h.filter = make([]uint64, n*filterBits/64+1)
	}
	return h
}

// insert maps the network to the value and replaces an earlier value.
func (h *hashTable[N]) insert(network N, value int32) {
	hash := h.hash(network)
	if h.filter != nil {
		word, bit := h.filterBit(hash)
		*word |= bit
	}
	s := h.slot(network, hash)
	if s.value == 0 {
		h.count++
	}
	*s = slot[N]{network, value + 1}
}

func (h *hashTable[N]) find(network N) (value int32, ok bool) {
	hash := h.hash(network)
	if h.filter != nil {
		if word, bit := h.filterBit(hash); *word&bit == 0 {
			return 0, false
		}
	}
	s := h.slot(network, hash)
	return s.value - 1, s.value != 0
}

func (h *hashTable[N]) hash(network N) uint64 { return maphash.Comparable(h.seed, network) }

// filterBit returns the bit of a hash in the filter. It uses the lower half of the hash.
func (h *hashTable[N]) filterBit(hash uint64) (word *uint64, bit uint64) {
	at := hash & math.MaxUint32 * uint64(len(h.filter)) >> 26 // the lowest 6 bits select the bit in the word
	return &h.filter[at>>6], 1 << (at & 63)
}

// slot returns the slot of the network, or the free slot where it belongs. It uses the upper half of the hash.
func (h *hashTable[N]) slot(network N, hash uint64) *slot[N] {
	at := hash >> 32 * uint64(len(h.slots)) >> 32
	for {
		s := &h.slots[at]
		if s.value == 0 || s.network == network {
			return s
		}
		if at++; at == uint64(len(h.slots)) {
			at = 0
		}
	}
}
