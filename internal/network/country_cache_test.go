// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func TestCountryCacheAgreesWithItsTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	records := map[string]mmdbtype.DataType{}
	for range 3000 { // networks of any size, many of them inside others
		code := string([]byte{'A' + byte(rng.IntN(26)), 'A' + byte(rng.IntN(10))})
		record := mmdbtype.Map{"country_code": mmdbtype.String(code)}
		records[netip.PrefixFrom(nearby4(rng), 9+rng.IntN(24)).Masked().String()] = record
		records[netip.PrefixFrom(nearby6(rng), 20+rng.IntN(109)).Masked().String()] = record
	}
	for name, countries := range map[string]network.Countries{
		"a database":         open(t, write(t, mmdbwriter.Options{}, records)),
		"a database of IPv4": open(t, networktest.WriteCountries(t, t.TempDir(), "8.8.0.0/16\tUS\n8.8.8.0/25\tSE")),
		"the built-in table": network.BuiltIn(),
	} {
		cache := network.NewCountryCache(countries)
		for range 200_000 {
			for _, a := range []netip.Addr{nearby4(rng), nearby6(rng), networktest.RandomIPv4(rng)} {
				require.Equal(t, countries.Country(a), cache.Country(a), "%s: %s", name, a)
			}
		}
		require.Empty(t, cache.Country(netip.Addr{}))
	}
}

// nearby4 returns one of few addresses, so that caches and small networks have many hits.
func nearby4(rng *rand.Rand) netip.Addr {
	return netip.AddrFrom4([4]byte{8, byte(8 + rng.IntN(2)), byte(rng.IntN(8)), byte(rng.IntN(256))})
}

func nearby6(rng *rand.Rand) netip.Addr {
	return netip.AddrFrom16([16]byte{0x20, 0x01, 0x12, 0xff, 0, byte(rng.IntN(8)), 0, byte(rng.IntN(4)), 15: byte(rng.IntN(256))})
}

func TestCountryCacheDoesNotAllocate(t *testing.T) {
	cache := network.NewCountryCache(open(t, networktest.WriteCountries(t, t.TempDir(), fewCountries)))
	for _, address := range []string{"200.160.0.8", "2001:12ff::1", "198.51.100.1"} {
		a := netip.MustParseAddr(address)
		require.Zero(t, testing.AllocsPerRun(100, func() { cache.Country(a) }), address)
	}
}

func BenchmarkCountryCache(b *testing.B) {
	cache, a := network.NewCountryCache(network.BuiltIn()), netip.MustParseAddr("200.160.0.8")
	b.ReportAllocs()
	for b.Loop() {
		cache.Country(a)
	}
}
