// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

// valuesOf maps each prefix to its index.
func valuesOf(prefixes ...netip.Prefix) (all []prefixValue) {
	for i, p := range prefixes {
		all = append(all, prefixValue{p, int32(i)})
	}
	return all
}

func TestPrefixTableSizeCountsDifferentPrefixes(t *testing.T) {
	prefixes := networktest.Prefixes("198.18.0.0/16", "198.18.5.9/32", "2001:db8::/32", "2001:db8::1/128", "0.0.0.0/0")
	prefixes = append(prefixes, prefixes...) // the same prefix counts once
	assert.Equal(t, 5, newPrefixTable(valuesOf(append(prefixes, netip.Prefix{})...)).size())
}

func TestPrefixTableKeepsTheLastValueOfAPrefix(t *testing.T) {
	for _, p := range networktest.Prefixes("198.18.0.0/16", "198.18.5.9/32", "2001:db8::/32", "2001:db8::1/128") {
		got, value, ok := newPrefixTable([]prefixValue{{p, 1}, {p, 2}}).lookup(p.Addr())
		assert.True(t, ok)
		assert.Equal(t, p, got)
		assert.Equal(t, int32(2), value)
	}
}

// The model tries every length. The longest prefix must win, whether it is in the trie or in a hash table.
func TestPrefixTableAgreesWithModel(t *testing.T) {
	for _, c := range []struct {
		name     string
		prefixes int
		hashed   int // hashed lengths of each family
	}{
		{"a few prefixes are in the trie", 3000, 0},
		{"many single addresses have a hash table", 20_000, 1},
		{"so has each length with many networks", 200_000, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(13, 14))
			var prefixes []prefixValue
			model := map[netip.Prefix]int32{}
			for i := range int32(c.prefixes) {
				p := closeTogether(rng, 2)
				prefixes = append(prefixes, prefixValue{p, i})
				model[p] = i
			}
			table := newPrefixTable(prefixes)
			require.Equal(t, len(model), table.size())
			require.Len(t, table.hashed4, c.hashed)
			require.Len(t, table.hashed6, c.hashed)
			missed := 0
			for range 50_000 {
				a := closeTogether(rng, 4).Addr()
				want, wantOK := netip.Prefix{}, false
				for bits := a.BitLen(); bits >= 0 && !wantOK; bits-- {
					want = netip.PrefixFrom(a, bits).Masked()
					_, wantOK = model[want]
				}
				got, value, ok := table.lookup(a)
				require.Equal(t, wantOK, ok, a)
				if !ok {
					missed++
					continue
				}
				require.Equal(t, want, got, a)
				require.Equal(t, model[want], value, a)
			}
			require.Positive(t, missed)
		})
	}
}

// closeTogether returns a prefix in one of the given number of /16 networks, so that prefixes contain each other. Half of
// the prefixes are single addresses.
func closeTogether(rng *rand.Rand, networks int) netip.Prefix {
	a := netip.AddrFrom4([4]byte{198, 18 + byte(rng.IntN(networks)), byte(rng.IntN(256)), byte(rng.IntN(256))})
	if rng.IntN(2) == 0 {
		a = netip.AddrFrom16([16]byte{0x20, 0x01, 13: byte(rng.IntN(networks)), 14: byte(rng.IntN(256)), 15: byte(rng.IntN(256))})
	}
	bits := a.BitLen()
	if rng.IntN(2) == 0 {
		bits -= rng.IntN(9)
	}
	return netip.PrefixFrom(a, bits).Masked()
}

// The table must find the longest prefix in any order of insertion, also when its length is not hashed and others are.
func TestPrefixTableFindsTheLongestPrefixInAnyOrder(t *testing.T) {
	many := make([]netip.Prefix, minHashed) // /24 networks, which are hashed: 198.18.0.0/24 and those after it
	for i := range many {
		many[i] = netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18 + byte(i>>8), byte(i), 0}), 24)
	}
	address, wide := networktest.Prefixes("198.18.5.9/32")[0], networktest.Prefixes("198.0.0.0/8")[0]
	for _, tt := range []struct {
		name     string
		prefixes []netip.Prefix
	}{
		{"a /32 before a /8", []netip.Prefix{address, wide}},
		{"a /8 before a /32", []netip.Prefix{wide, address}},
		{"a /32 before a /8, both after hashed /24 networks", append(slices.Clone(many), address, wide)},
		{"a /32 before a /8, both before hashed /24 networks", append([]netip.Prefix{address, wide}, many...)},
		{"a /8 before a /32, both after hashed /24 networks", append(slices.Clone(many), wide, address)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, ok := newPrefixTable(valuesOf(tt.prefixes...)).lookup(address.Addr())
			assert.True(t, ok)
			assert.Equal(t, address, got)
		})
	}
}

func TestHashTable(t *testing.T) {
	t.Run("has room for n networks", func(t *testing.T) {
		for _, n := range []uint32{1, 2, 3, 1000} {
			h := newHashTable[uint32](32, int(n))
			for i := range n {
				h.insert(i, int32(i))
			}
			for i := range n {
				value, ok := h.find(i)
				require.True(t, ok)
				require.EqualValues(t, i, value)
			}
			for i := n; i < 10*n; i++ {
				_, ok := h.find(i)
				require.False(t, ok)
			}
			require.EqualValues(t, n, h.count)
		}
	})

	t.Run("stores the network of zeros", func(t *testing.T) {
		h := newHashTable[uint32](8, 10)
		_, ok := h.find(0)
		require.False(t, ok)
		h.insert(0, 0)
		value, ok := h.find(0)
		require.True(t, ok)
		require.Zero(t, value)
	})

	t.Run("filter rejects most absent networks", func(t *testing.T) {
		network := func(i int) (n [16]byte) {
			n[14], n[15], n[13] = byte(i>>8), byte(i), byte(i>>16)
			return n
		}
		h := newHashTable[[16]byte](128, 100_000)
		for i := range 100_000 {
			h.insert(network(i), int32(i))
		}
		through := 0
		for i := range 100_000 {
			value, ok := h.find(network(i))
			require.True(t, ok)
			require.EqualValues(t, i, value)
			other := network(100_000 + i)
			if word, bit := h.filterBit(h.hash(other)); *word&bit != 0 {
				through++
			}
			_, ok = h.find(other)
			require.False(t, ok)
		}
		require.InDelta(t, 6_000, through, 500) // 1 - 1/e^(1/16)
	})
}
