// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package network determines whether an address is internal and in which country it is. All functions expect
// IPv4-mapped IPv6 addresses to be unmapped.
package network

import (
	"encoding/binary"
	"net/netip"

	"github.com/gaissmai/bart"
)

// DefaultInternal are the default internal ranges: private, carrier-grade NAT, link-local and unique local addresses.
var DefaultInternal = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
}

// Ranges is an immutable set of address ranges.
type Ranges struct {
	table bart.Lite
	// whole has the IPv4 networks of 16 bits that are contained, and partly those of which a part may be. Most networks are in
	// neither, and two bits are much faster to read than the table.
	whole, partly networks16
}

// networks16 is a set of IPv4 networks of 16 bits.
type networks16 [1 << 16 / 64]uint64

func (n *networks16) has(network uint16) bool { return n[network>>6]&(1<<(network&63)) != 0 }

func (n *networks16) add(network uint16) { n[network>>6] |= 1 << (network & 63) }

// networkOf returns the number of the network of an IPv4 address.
func networkOf(a netip.Addr) uint16 {
	bytes := a.As4()
	return binary.BigEndian.Uint16(bytes[:])
}

// NewRanges returns the set of the prefixes. They may overlap. Invalid prefixes are ignored.
func NewRanges(prefixes []netip.Prefix) *Ranges {
	r := &Ranges{}
	for _, p := range prefixes {
		r.add(Canonical(p))
	}
	return r
}

func (r *Ranges) add(p netip.Prefix) {
	r.table.Insert(p)
	if !p.Addr().Is4() {
		return
	}
	first := networkOf(p.Addr())
	if p.Bits() > 16 {
		r.partly.add(first)
		return
	}
	for network := range 1 << (16 - p.Bits()) {
		r.whole.add(first + uint16(network))
	}
}

// Contains reports whether one of the ranges contains the address.
func (r *Ranges) Contains(a netip.Addr) bool {
	if a.Is4() {
		if network := networkOf(a); r.whole.has(network) {
			return true
		} else if !r.partly.has(network) {
			return false
		}
	}
	return r.table.Contains(a)
}

// Canonical returns the prefix without host bits, and an IPv4-mapped prefix as an IPv4 prefix. It returns an invalid
// prefix if the prefix is invalid, or is IPv4-mapped and wider than all of IPv4.
func Canonical(p netip.Prefix) netip.Prefix {
	if a := p.Addr(); a.Is4In6() {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked()
}
