// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

func BenchmarkClass(b *testing.B) {
	internal := network.NewRanges(network.DefaultInternal)
	src, dst := netip.MustParseAddr("10.0.1.10"), netip.MustParseAddr("193.0.6.139")
	b.ReportAllocs()
	for b.Loop() {
		internal.Class(src, dst)
	}
}

// BenchmarkThreatsLookup looks addresses up among a million entries: what is found, and what is not, though it lies
// between what is listed.
func BenchmarkThreatsLookup(b *testing.B) {
	const million = 1_000_000
	for _, kind := range []struct {
		name   string
		bits   int // of each entry, -1 for all
		random func(*rand.Rand) netip.Addr
	}{
		{"addresses, one in ten of IPv6", -1, func(rng *rand.Rand) netip.Addr {
			if rng.IntN(10) == 0 {
				return randomIPv6(rng)
			}
			return randomIPv4(rng)
		}},
		{"IPv4 addresses", -1, randomIPv4},
		{"IPv4 networks of 24 bits", 24, anyIPv4},
		{"IPv6 addresses", -1, randomIPv6},
		{"IPv6 networks of 64 bits", 64, randomIPv6},
		{"IPv6 addresses, half of one provider", -1, halfOneProvider},
	} {
		rng := rand.New(rand.NewPCG(5, 6))
		listed := make([]netip.Addr, million)
		prefixes := make([]netip.Prefix, million)
		for i := range listed {
			listed[i] = kind.random(rng)
			bits := kind.bits
			if bits < 0 {
				bits = listed[i].BitLen()
			}
			prefixes[i] = netip.PrefixFrom(listed[i], bits).Masked()
		}
		threats := network.NewThreats([]network.ThreatList{{Name: "million", Prefixes: prefixes}})
		others := generate(func() netip.Addr {
			for {
				a := kind.random(rng)
				if _, found := threats.Lookup(a); !found {
					return a
				}
			}
		})
		for name, addresses := range map[string][]netip.Addr{"hit": listed[:sampled], "miss": others} {
			b.Run(kind.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					threats.Lookup(addresses[i%len(addresses)])
				}
			})
		}
	}
}

// One operation is a million entries from text to the set.
func BenchmarkThreatsLoadMillion(b *testing.B) {
	const million = 1_000_000
	for _, bb := range []struct {
		format      network.ThreatFormat
		head, entry string
		end         string
	}{
		{network.PlainFormat, "", "%s\n", ""},
		{network.DropFormat, "", "{\"cidr\":\"%s/32\",\"sblid\":\"SBL1\"}\n", ""},
		{network.CSVFormat, "seen,ip,port\n", "\"2025-01-15 00:00:00\",%s,443\n", ""},
		{network.AbuseIPDBFormat, `{"data":[{"ipAddress":"1.1.1.1"}`, ",{\"ipAddress\":%q,\"abuseConfidenceScore\":100}\n", "]}"},
		{network.STIXFormat, `{"objects":[{"type":"identity"}`, ",{\"type\":\"indicator\",\"id\":%[1]q,\"pattern\":\"[ipv4-addr:value = '%[1]s']\"}\n", "]}"},
	} {
		b.Run(string(bb.format), func(b *testing.B) {
			var text strings.Builder
			text.WriteString(bb.head)
			rng := rand.New(rand.NewPCG(7, 8))
			for range million {
				fmt.Fprintf(&text, bb.entry, randomIPv4(rng).String())
			}
			text.WriteString(bb.end)
			list := []byte(text.String())
			for b.Loop() {
				entries, err := network.ParseThreatList(list, "list", bb.format, map[network.ThreatFormat]string{network.CSVFormat: "ip"}[bb.format])
				require.NoError(b, err)
				require.Zero(b, entries.Refused.Count)
				network.NewThreats([]network.ThreatList{{Name: "list", Prefixes: entries.Always}})
			}
		})
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
		prefix := netip.PrefixFrom(randomIPv4(rng), 16+rng.IntN(9)).Masked()
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
		{"IPv4", generate(func() netip.Addr { return randomIPv4(rng) })},
		{"IPv6", generate(func() netip.Addr { return randomIPv6(rng) })},
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

// sampled is how many addresses a benchmark goes round: more than caches hold of the tables they lead to.
const sampled = 1 << 16

// randomIPv4 returns an address that is anybody's on the Internet.
func randomIPv4(rng *rand.Rand) netip.Addr {
	n := rng.Uint32()
	return netip.AddrFrom4([4]byte{byte(11 + n>>24%80), byte(n >> 16), byte(n >> 8), byte(n)})
}

func randomIPv6(rng *rand.Rand) netip.Addr {
	n := rng.Uint64()
	return netip.AddrFrom16([16]byte{
		0x2a, byte(n>>8) % 16, byte(n >> 16), byte(n >> 24), byte(n >> 32), byte(n >> 40),
		15: byte(n),
	})
}

// anyIPv4 returns an address of a space large enough that a million networks of it leave others.
func anyIPv4(rng *rand.Rand) netip.Addr {
	n := rng.Uint32()
	return netip.AddrFrom4([4]byte{byte(11 + n>>24%80), byte(n >> 16), byte(n >> 8), byte(rng.Uint32())})
}

// halfOneProvider returns, every other time, an address of one provider's customers, of which each has a network of 64 bits.
func halfOneProvider(rng *rand.Rand) netip.Addr {
	n := rng.Uint64()
	if n>>63 == 0 {
		return randomIPv6(rng)
	}
	return netip.AddrFrom16([16]byte{0x2a, 0x01, 0x04, 0xf8, byte(n >> 24), byte(n >> 16), byte(n >> 8), 15: byte(n)})
}
