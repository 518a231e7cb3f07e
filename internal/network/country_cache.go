// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"encoding/binary"
	"net/netip"
)

// CountryCache remembers the countries of recent addresses and their networks. A lookup that it answers takes a few
// nanoseconds instead of about a hundred. It is not safe for concurrent use: each goroutine needs its own.
type CountryCache struct {
	countries Countries
	// entries hold the part of an address that was looked up, and the country.
	entries [4096]uint64
}

// networkCountries is a table that knows how large the network is in which all addresses have the same country.
type networkCountries interface {
	// networkCountry is like Country. It also returns the length of the network's prefix.
	networkCountry(a netip.Addr) (country string, bits int)
}

// NewCountryCache returns a cache of a table that never changes.
func NewCountryCache(countries Countries) *CountryCache {
	return &CountryCache{countries: countries}
}

// Country implements Countries.
func (c *CountryCache) Country(a netip.Addr) string {
	address, network := cacheKeys(a)
	for _, key := range [...]uint64{network, address} {
		if word := *c.entry(key); key != 0 && word&^maxCode == key {
			return countryCode(word & maxCode).String()
		}
	}
	country, bits := c.lookup(a)
	key := address
	if bits <= cachedBits(a) {
		key = network
	}
	if key != 0 {
		*c.entry(key) = key | uint64(parseCountryCode(country))
	}
	return country
}

// lookup returns the country of an address, and the length of the prefix for which the table has the same country.
func (c *CountryCache) lookup(a netip.Addr) (country string, bits int) {
	if table, ok := c.countries.(networkCountries); ok {
		return table.networkCountry(a)
	}
	return c.countries.Country(a), a.BitLen()
}

// maxCode is the part of an entry that holds the country.
const maxCode = 1<<10 - 1

// The kinds of keys. An entry without a kind is empty.
const (
	networkKey4 = (iota + 1) << 62
	addressKey4
	networkKey6
)

// cacheKeys returns the keys of an address and of its /24 or /48. They are 0 if they are not cached.
func cacheKeys(a netip.Addr) (address, network uint64) {
	switch {
	case a.Is4():
		b := a.As4()
		n := uint64(binary.BigEndian.Uint32(b[:]))
		return addressKey4 | n<<10, networkKey4 | n>>8<<10
	case a.Is6():
		b := a.As16()
		return 0, networkKey6 | binary.BigEndian.Uint64(b[:8])>>16<<10
	default:
		return 0, 0
	}
}

// cachedBits returns the length of the prefix for which a country is cached.
func cachedBits(a netip.Addr) int {
	if a.Is4() {
		return 24
	}
	return 48
}

func (c *CountryCache) entry(key uint64) *uint64 {
	const odd = 0x9e3779b97f4a7c15 // the golden ratio spreads consecutive networks
	return &c.entries[key*odd>>(64-12)]
}
