// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func BenchmarkClass(b *testing.B) {
	internal := network.NewRanges(network.DefaultInternal)
	src, dst := netip.MustParseAddr("10.0.1.10"), netip.MustParseAddr("193.0.6.139")
	b.ReportAllocs()
	for b.Loop() {
		internal.Class(src, dst)
	}
}

func BenchmarkBuiltInCountry(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 10))
	benchmarkCountry(b, network.BuiltIn(), rng)
}

func BenchmarkDatabaseCountry(b *testing.B) {
	rng := rand.New(rand.NewPCG(11, 12))
	records := map[string]mmdbtype.DataType{}
	for range 100_000 {
		code := string([]byte{'A' + byte(rng.IntN(26)), 'A' + byte(rng.IntN(10))})
		names := mmdbtype.Map{}
		for _, language := range []string{"de", "en", "es", "fr", "ja", "pt-BR", "ru", "zh-CN"} {
			names[mmdbtype.String(language)] = mmdbtype.String(language + " name of " + code)
		}
		record := mmdbtype.Map{"iso_code": mmdbtype.String(code), "names": names}
		prefix := netip.PrefixFrom(networktest.RandomIPv4(rng), 16+rng.IntN(9)).Masked()
		records[prefix.String()] = mmdbtype.Map{"country": record, "registered_country": record}
	}
	benchmarkCountry(b, open(b, write(b, mmdbwriter.Options{}, records)), rng)
}

func benchmarkCountry(b *testing.B, countries network.Countries, rng *rand.Rand) {
	b.Helper()
	for _, bb := range []struct {
		name      string
		addresses []netip.Addr
	}{
		{"IPv4", generate(func() netip.Addr { return networktest.RandomIPv4(rng) })},
		{"IPv6", generate(func() netip.Addr { return networktest.RandomIPv6(rng) })},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				countries.Country(bb.addresses[i%len(bb.addresses)])
			}
		})
	}
}

func generate(next func() netip.Addr) []netip.Addr {
	addresses := make([]netip.Addr, sampled)
	for i := range addresses {
		addresses[i] = next()
	}
	return addresses
}

// sampled is the number of addresses in a benchmark. Their table entries exceed the CPU's caches.
const sampled = 1 << 16
