// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// BenchmarkTableLookup looks up addresses in a table of a million entries: listed ones, and others in the same ranges.
func BenchmarkTableLookup(b *testing.B) {
	const million = 1_000_000
	for _, kind := range []struct {
		name   string
		bits   int // the prefix length, -1 for single addresses
		random func(*rand.Rand) netip.Addr
	}{
		{"addresses, one in ten of IPv6", -1, func(rng *rand.Rand) netip.Addr {
			if rng.IntN(10) == 0 {
				return networktest.RandomIPv6(rng)
			}
			return networktest.RandomIPv4(rng)
		}},
		{"IPv4 addresses", -1, networktest.RandomIPv4},
		{"IPv4 networks of 24 bits", 24, anyIPv4},
		{"IPv6 addresses", -1, networktest.RandomIPv6},
		{"IPv6 networks of 64 bits", 64, networktest.RandomIPv6},
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
		table := threatlist.NewTable([]threatlist.List{{Name: "million", Prefixes: prefixes}})
		others := generate(func() netip.Addr {
			for {
				a := kind.random(rng)
				if _, found := table.Lookup(a); !found {
					return a
				}
			}
		})
		for name, addresses := range map[string][]netip.Addr{"hit": listed[:sampled], "miss": others} {
			b.Run(kind.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					table.Lookup(addresses[i%len(addresses)])
				}
			})
		}
	}
}

// BenchmarkLoadMillion parses a text of a million entries and builds the table.
func BenchmarkLoadMillion(b *testing.B) {
	const million = 1_000_000
	for _, bb := range []struct {
		format      threatlist.Format
		head, entry string
		end         string
	}{
		{threatlist.PlainFormat, "", "%s\n", ""},
		{threatlist.DropFormat, "", "{\"cidr\":\"%s/32\",\"sblid\":\"SBL1\"}\n", ""},
		{threatlist.CSVFormat, "seen,ip,port\n", "\"2025-01-15 00:00:00\",%s,443\n", ""},
		{threatlist.AbuseIPDBFormat, `{"data":[{"ipAddress":"1.1.1.1"}`, ",{\"ipAddress\":%q,\"abuseConfidenceScore\":100}\n", "]}"},
		{threatlist.STIXFormat, `{"objects":[{"type":"identity"}`, ",{\"type\":\"indicator\",\"id\":%[1]q,\"pattern\":\"[ipv4-addr:value = '%[1]s']\"}\n", "]}"},
	} {
		b.Run(string(bb.format), func(b *testing.B) {
			var text strings.Builder
			text.WriteString(bb.head)
			rng := rand.New(rand.NewPCG(7, 8))
			for range million {
				fmt.Fprintf(&text, bb.entry, networktest.RandomIPv4(rng).String())
			}
			text.WriteString(bb.end)
			list := []byte(text.String())
			for b.Loop() {
				entries, err := threatlist.Parse(list, "list", bb.format, map[threatlist.Format]string{threatlist.CSVFormat: "ip"}[bb.format])
				require.NoError(b, err)
				require.Zero(b, entries.Skipped.Count)
				threatlist.NewTable([]threatlist.List{{Name: "list", Prefixes: entries.Always}})
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

// sampled is the number of addresses in a benchmark. Their entries exceed the CPU's caches.
const sampled = 1 << 16

// anyIPv4 returns an address in a space that has more than a million /24 networks.
func anyIPv4(rng *rand.Rand) netip.Addr {
	n := rng.Uint32()
	return netip.AddrFrom4([4]byte{byte(11 + n>>24%80), byte(n >> 16), byte(n >> 8), byte(rng.Uint32())})
}

// halfOneProvider returns an IPv6 address. Half of them are in the /64 networks of one provider's customers.
func halfOneProvider(rng *rand.Rand) netip.Addr {
	n := rng.Uint64()
	if n>>63 == 0 {
		return networktest.RandomIPv6(rng)
	}
	return netip.AddrFrom16([16]byte{0x2a, 0x01, 0x04, 0xf8, byte(n >> 24), byte(n >> 16), byte(n >> 8), 15: byte(n)})
}
