// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package network determines whether an address is internal and in which country it is. All functions expect
// IPv4-mapped IPv6 addresses to be unmapped.
package network

import (
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
}

// NewRanges returns the set of the prefixes. They may overlap. Invalid prefixes are ignored.
func NewRanges(prefixes []netip.Prefix) *Ranges {
	r := &Ranges{}
	for _, p := range prefixes {
		r.table.Insert(Canonical(p))
	}
	return r
}

// Contains reports whether one of the ranges contains the address.
func (r *Ranges) Contains(a netip.Addr) bool {
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
