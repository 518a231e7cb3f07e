// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// prefixTable maps prefixes to numbers and finds the narrowest one that contains an address. Threat lists are mostly
// single addresses, or networks of one length, spread over all of the Internet, and most addresses that are looked up are
// on none of them. A trie of a million of them would cost several cache misses for each; therefore lengths that many
// prefixes have are crowds of their own, and the trie has the others.
type prefixTable struct {
	v4   []*crowd[uint32] // the longest first
	v6   []*crowd[[16]byte]
	few  bart.Table[found]
	most int // the greatest length in few
}

// numbered is a prefix, which must be canonical, and the number that it is mapped to.
type numbered struct {
	netip.Prefix
	number int32
}

// found is what a prefix is found with.
type found struct {
	number int32
	bits   int
}

// crowded is how many prefixes of one length make a crowd: a trie of fewer is as fast, and a look into each crowd costs.
const crowded = 4096

// newPrefixTable makes the table. Of equal prefixes, the last one counts.
func newPrefixTable(prefixes []numbered) *prefixTable {
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
		if n := lengths4[bits]; n >= crowded {
			t.v4 = append(t.v4, newCrowd[uint32](bits, n))
		}
		if n := lengths6[bits]; n >= crowded {
			t.v6 = append(t.v6, newCrowd[[16]byte](bits, n))
		}
	}
	for _, p := range prefixes {
		if p.IsValid() {
			t.insert(p.Prefix, p.number)
		}
	}
	return t
}

func (t *prefixTable) insert(p netip.Prefix, number int32) {
	a, bits := p.Addr(), p.Bits()
	if a.Is4() {
		if i := slices.IndexFunc(t.v4, func(c *crowd[uint32]) bool { return c.bits == bits }); i >= 0 {
			t.v4[i].insert(number4(a), number)
			return
		}
	} else if i := slices.IndexFunc(t.v6, func(c *crowd[[16]byte]) bool { return c.bits == bits }); i >= 0 {
		t.v6[i].insert(a.As16(), number)
		return
	}
	t.few.Insert(p, found{number, bits})
	t.most = max(t.most, bits)
}

// lookup returns the narrowest prefix that contains the address, and its number.
func (t *prefixTable) lookup(a netip.Addr) (p netip.Prefix, number int32, ok bool) {
	best := found{bits: -1}
	switch {
	case a.Is4():
		best = t.crowds4(number4(a))
	case a.Is6():
		best = t.crowds6(a)
	}
	if best.bits < t.most {
		if one, ok := t.few.Lookup(a); ok && one.bits > best.bits {
			best = one
		}
	}
	if best.bits < 0 {
		return netip.Prefix{}, 0, false
	}
	p = netip.PrefixFrom(a, best.bits)
	if best.bits != a.BitLen() {
		p = p.Masked()
	}
	return p, best.number, true
}

func (t *prefixTable) crowds4(a uint32) found {
	for _, c := range t.v4 {
		beyond := 32 - c.bits
		if number, ok := c.find(a >> beyond << beyond); ok { // a shift by 32 gives 0
			return found{number, c.bits}
		}
	}
	return found{bits: -1}
}

func (t *prefixTable) crowds6(a netip.Addr) found {
	for _, c := range t.v6 {
		network := a
		if c.bits < 128 {
			network = netip.PrefixFrom(a, c.bits).Masked().Addr()
		}
		if number, ok := c.find(network.As16()); ok {
			return found{number, c.bits}
		}
	}
	return found{bits: -1}
}

// size returns the number of prefixes.
func (t *prefixTable) size() int {
	n := t.few.Size()
	for _, c := range t.v4 {
		n += c.count
	}
	for _, c := range t.v6 {
		n += c.count
	}
	return n
}

func number4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}
