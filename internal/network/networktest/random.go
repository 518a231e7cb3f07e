// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package networktest

import (
	"math/rand/v2"
	"net/netip"
)

// Prefixes parses CIDRs. It panics if one is invalid.
func Prefixes(cidrs ...string) []netip.Prefix {
	prefixes := make([]netip.Prefix, len(cidrs))
	for i, cidr := range cidrs {
		prefixes[i] = netip.MustParsePrefix(cidr)
	}
	return prefixes
}

// RandomAddr returns one of about a thousand IPv4 and a thousand IPv6 addresses, so that random prefixes contain
// some of them.
func RandomAddr(rng *rand.Rand) netip.Addr {
	if rng.IntN(2) == 0 {
		return netip.AddrFrom4([4]byte{byte(64 + rng.IntN(4)), byte(rng.IntN(2)), byte(rng.IntN(2)), byte(rng.IntN(256))})
	}
	return netip.AddrFrom16([16]byte{0x20, byte(rng.IntN(4)), 7: byte(rng.IntN(2)), 15: byte(rng.IntN(256))})
}

// RandomPrefix returns a prefix of 8 bits or more that contains an address as RandomAddr returns it.
func RandomPrefix(rng *rand.Rand) netip.Prefix {
	a := RandomAddr(rng)
	return netip.PrefixFrom(a, 8+rng.IntN(a.BitLen()-7)).Masked()
}

// RandomIPv4 returns an IPv4 address that can belong to a host on the Internet.
func RandomIPv4(rng *rand.Rand) netip.Addr {
	n := rng.Uint32()
	return netip.AddrFrom4([4]byte{byte(11 + n>>24%80), byte(n >> 16), byte(n >> 8), byte(n)})
}

// RandomIPv6 returns an IPv6 address that can belong to a host on the Internet.
func RandomIPv6(rng *rand.Rand) netip.Addr {
	n := rng.Uint64()
	return netip.AddrFrom16([16]byte{
		0x2a, byte(n>>8) % 16, byte(n >> 16), byte(n >> 24), byte(n >> 32), byte(n >> 40),
		15: byte(n),
	})
}
