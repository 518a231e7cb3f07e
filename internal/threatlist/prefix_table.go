// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// prefixTable maps prefixes to values and finds the longest prefix that contains an address.
//
// Threat lists have up to a million entries, mostly single addresses or networks of one length, spread over the whole
// Internet. Most look-ups match none of them. A trie of that size costs several cache misses per look-up. Therefore
// each length with many prefixes has a hash table, and the trie has only the other prefixes.
type prefixTable struct {
	hashed4 []*hashTable[uint32] // the longest prefixes first
	hashed6 []*hashTable[[16]byte]
	trie    bart.Table[trieValue]
	longest int // the greatest length in the trie
}

// prefixValue is a prefix, which must be canonical, and its value.
type prefixValue struct {
	netip.Prefix
	value int32
}

// trieValue is a value and the length of its prefix, which bart does not return.
type trieValue struct {
	value int32
	bits  int
}

// minHashed is the number of prefixes of one length for which a hash table is faster than the trie.
const minHashed = 4096

// newPrefixTable returns a table of the prefixes. If prefixes are equal, the last one counts. Invalid prefixes are
// ignored.
func newPrefixTable(prefixes []prefixValue) *prefixTable {
	t := &prefixTable{}
	var lengths4, lengths6 [129]int
	for _, p := range prefixes {
		switch {
		case !p.IsValid():
		case p.Addr().Is4():
			lengths4[p.Bits()]++
		default:
			lengths6[p.Bits()]++
		}
	}
	for bits := 128; bits >= 0; bits-- {
		if n := lengths4[bits]; n >= minHashed {
			t.hashed4 = append(t.hashed4, newHashTable[uint32](bits, n))
		}
		if n := lengths6[bits]; n >= minHashed {
			t.hashed6 = append(t.hashed6, newHashTable[[16]byte](bits, n))
		}
	}
	for _, p := range prefixes {
		if p.IsValid() {
			t.insert(p.Prefix, p.value)
		}
	}
	return t
}

func (t *prefixTable) insert(p netip.Prefix, value int32) {
	a, bits := p.Addr(), p.Bits()
	if a.Is4() {
		if i := slices.IndexFunc(t.hashed4, func(h *hashTable[uint32]) bool { return h.bits == bits }); i >= 0 {
			t.hashed4[i].insert(uint32Of(a), value)
			return
		}
	} else if i := slices.IndexFunc(t.hashed6, func(h *hashTable[[16]byte]) bool { return h.bits == bits }); i >= 0 {
		t.hashed6[i].insert(a.As16(), value)
		return
	}
	t.trie.Insert(p, trieValue{value, bits})
	t.longest = max(t.longest, bits)
}

// lookup returns the longest prefix that contains the address, and its value.
func (t *prefixTable) lookup(a netip.Addr) (p netip.Prefix, value int32, ok bool) {
	best := trieValue{bits: -1}
	switch {
	case a.Is4():
		best = t.lookupHashed4(uint32Of(a))
	case a.Is6():
		best = t.lookupHashed6(a)
	}
	if best.bits < t.longest {
		if found, ok := t.trie.Lookup(a); ok && found.bits > best.bits {
			best = found
		}
	}
	if best.bits < 0 {
		return netip.Prefix{}, 0, false
	}
	p = netip.PrefixFrom(a, best.bits)
	if best.bits != a.BitLen() {
		p = p.Masked()
	}
	return p, best.value, true
}

func (t *prefixTable) lookupHashed4(a uint32) trieValue {
	for _, h := range t.hashed4 {
		hostBits := 32 - h.bits
		if value, ok := h.find(a >> hostBits << hostBits); ok { // a shift by 32 gives 0
			return trieValue{value, h.bits}
		}
	}
	return trieValue{bits: -1}
}

func (t *prefixTable) lookupHashed6(a netip.Addr) trieValue {
	for _, h := range t.hashed6 {
		prefix := a
		if h.bits < 128 {
			prefix = netip.PrefixFrom(a, h.bits).Masked().Addr()
		}
		if value, ok := h.find(prefix.As16()); ok {
			return trieValue{value, h.bits}
		}
	}
	return trieValue{bits: -1}
}

// size returns the number of different prefixes.
func (t *prefixTable) size() int {
	n := t.trie.Size()
	for _, h := range t.hashed4 {
		n += h.count
	}
	for _, h := range t.hashed6 {
		n += h.count
	}
	return n
}

func uint32Of(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}
