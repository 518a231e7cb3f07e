// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The addresses belong to registries and universities, which stay in their countries.
func TestBuiltInCountry(t *testing.T) {
	for address, want := range map[string]string{
		"8.8.8.8":              "US",
		"130.239.18.1":         "SE",
		"193.0.6.139":          "NL",
		"200.160.0.8":          "BR",
		"41.231.0.1":           "TN",
		"2001:67c:2e8:22::1":   "NL",
		"2001:12ff:0:2::3":     "BR",
		"2001:4860:4860::8888": "US",
	} {
		assert.Equal(t, want, BuiltIn().Country(netip.MustParseAddr(address)), address)
	}
}

func TestBuiltInHasNoCountryForSpecialPurposeAddresses(t *testing.T) {
	assert.Empty(t, BuiltIn().Country(netip.Addr{}))
	for name, address := range map[string]string{
		"this network":             "0.0.0.0",
		"private":                  "10.0.0.1",
		"carrier-grade NAT":        "100.64.0.1",
		"loopback":                 "127.0.0.1",
		"link-local":               "169.254.1.1",
		"for documentation, one":   "192.0.2.1",
		"for documentation, two":   "198.51.100.1",
		"for documentation, three": "203.0.113.7",
		"multicast":                "224.0.0.1",
		"reserved":                 "240.0.0.1",
		"broadcast":                "255.255.255.255",
		"IPv6 unspecified":         "::",
		"IPv6 loopback":            "::1",
		"IPv6 for documentation":   "2001:db8::1",
		"IPv6 unique local":        "fd00::1",
		"IPv6 link-local":          "fe80::1",
		"IPv6 multicast":           "ff02::1",
		"the last IPv6 address":    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	} {
		assert.Empty(t, BuiltIn().Country(netip.MustParseAddr(address)), name)
	}
}

// One address of each /16 covers all countries in the table.
func TestBuiltInReturnsAValidCodeOrNothing(t *testing.T) {
	countries := map[string]bool{}
	for i := range 1 << 16 {
		country := BuiltIn().Country(netip.AddrFrom4([4]byte{byte(i >> 8), byte(i), 1, 1}))
		assert.Equal(t, country, parseCountryCode(country).String())
		countries[country] = true
	}
	assert.Greater(t, len(countries), 100)
}

func TestBuiltInDoesNotAllocate(t *testing.T) {
	for _, address := range []string{"8.8.8.8", "10.0.0.1", "2001:4860:4860::8888", "fd00::1"} {
		a := netip.MustParseAddr(address)
		assert.Zero(t, testing.AllocsPerRun(100, func() { BuiltIn().Country(a) }), address)
	}
}
