// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"encoding/binary"
	"net/netip"

	"github.com/gaissmai/bart"
)

// prefixTable maps prefixes to numbers and finds the narrowest one that contains an address. Threat lists are mostly
// single addresses, spread over all networks, and most addresses that are looked up are on none of them. A trie of a
// million single addresses would cost several cache misses for each; therefore those stand in maps of
// their own, the trie has the others, and a filter answers for most addresses that are in neither.
type prefixTable struct {
	filter filter
	v4     map[uint32]int32
	v6     map[[16]byte]int32
	wide   bart.Table[wide]
}

// wide is what the trie holds for a prefix of more than one address.
type wide struct {
	number int32
	bits   uint8
}

func newPrefixTable() *prefixTable {
	return &prefixTable{filter: newFilter(), v4: map[uint32]int32{}, v6: map[[16]byte]int32{}}
}

// insert maps the prefix, which must be canonical, to the number, whatever it was mapped to before.
func (t *prefixTable) insert(p netip.Prefix, number int32) {
	if !p.IsValid() {
		return
	}
	a := p.Addr()
	if a.Is4() {
		t.filter.add(p)
	}
	switch {
	case !p.IsSingleIP():
		t.wide.Insert(p, wide{number, uint8(p.Bits())})
	case a.Is4():
		t.v4[number4(a)] = number
	default:
		t.v6[a.As16()] = number
	}
}

// lookup returns the narrowest prefix that contains the address, and its number.
func (t *prefixTable) lookup(a netip.Addr) (p netip.Prefix, number int32, ok bool) {
	switch {
	case a.Is4():
		if !t.filter.mayHave(a) {
			return netip.Prefix{}, 0, false
		}
		number, ok = t.v4[number4(a)]
	case a.Is6():
		number, ok = t.v6[a.As16()]
	}
	if ok {
		return netip.PrefixFrom(a, a.BitLen()), number, true
	}
	w, ok := t.wide.Lookup(a)
	if !ok {
		return netip.Prefix{}, 0, false
	}
	return netip.PrefixFrom(a, int(w.bits)).Masked(), w.number, true
}

// size returns the number of prefixes.
func (t *prefixTable) size() int {
	return len(t.v4) + len(t.v6) + t.wide.Size()
}

// filter has a bit for each /24 of IPv4, set where a prefix meets it: 2 MiB in all.
type filter []uint64

func newFilter() filter {
	return make(filter, 1<<24/64)
}

func (f filter) add(p netip.Prefix) {
	first := number4(p.Addr()) >> 8
	count := uint32(1) << max(0, 24-p.Bits())
	for n := first; n < first+count; n++ {
		f[n/64] |= 1 << (n % 64)
	}
}

// mayHave tells whether a prefix may contain the IPv4 address. When it is false, none does.
func (f filter) mayHave(a netip.Addr) bool {
	n := number4(a) >> 8
	return f[n/64]&(1<<(n%64)) != 0
}

func number4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}
