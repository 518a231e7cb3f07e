// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

// numbersOf numbers prefixes by their places.
func numbersOf(prefixes ...netip.Prefix) (all []numbered) {
	for i, p := range prefixes {
		all = append(all, numbered{p, int32(i)})
	}
	return all
}

func TestPrefixTableCountsPrefixesOfEveryWidth(t *testing.T) {
	prefixes := networktest.Prefixes("198.18.0.0/16", "198.18.5.9/32", "2001:db8::/32", "2001:db8::1/128", "0.0.0.0/0")
	prefixes = append(prefixes, prefixes...) // the same prefix counts once
	assert.Equal(t, 5, newPrefixTable(numbersOf(append(prefixes, netip.Prefix{})...)).size())
}

func TestPrefixTableTakesTheLastNumberOfAPrefix(t *testing.T) {
	for _, p := range networktest.Prefixes("198.18.0.0/16", "198.18.5.9/32", "2001:db8::/32", "2001:db8::1/128") {
		got, number, ok := newPrefixTable([]numbered{{p, 1}, {p, 2}}).lookup(p.Addr())
		assert.True(t, ok)
		assert.Equal(t, p, got)
		assert.Equal(t, int32(2), number)
	}
}

// Lengths that many prefixes have live in other places than the rest: the narrowest must win whichever place it is in.
func TestPrefixTableAgreesWithTheModel(t *testing.T) {
	for _, c := range []struct {
		name     string
		prefixes int
		crowds   int // how many lengths are crowds, of each family
	}{
		{"few prefixes are all in the trie", 3000, 0},
		{"many single addresses are a crowd", 20_000, 1},
		{"so are networks of each length that many have", 200_000, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(13, 14))
			var prefixes []numbered
			model := map[netip.Prefix]int32{}
			for i := range int32(c.prefixes) {
				p := closeTogether(rng, 2)
				prefixes = append(prefixes, numbered{p, i})
				model[p] = i
			}
			table := newPrefixTable(prefixes)
			require.Equal(t, len(model), table.size())
			require.Len(t, table.v4, c.crowds)
			require.Len(t, table.v6, c.crowds)
			missed := 0
			for range 50_000 {
				a := closeTogether(rng, 4).Addr()
				want, wantOK := netip.Prefix{}, false
				for bits := a.BitLen(); bits >= 0 && !wantOK; bits-- {
					want = netip.PrefixFrom(a, bits).Masked()
					_, wantOK = model[want]
				}
				got, number, ok := table.lookup(a)
				require.Equal(t, wantOK, ok, a)
				if !ok {
					missed++
					continue
				}
				require.Equal(t, want, got, a)
				require.Equal(t, model[want], number, a)
			}
			require.Positive(t, missed)
		})
	}
}

// closeTogether returns a prefix, every other time that of a single address, of so many networks of 65,536 addresses that
// prefixes lie within each other.
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

func TestCrowd(t *testing.T) {
	t.Run("has room for as many as it was made for", func(t *testing.T) {
		for _, n := range []uint32{1, 2, 3, 1000} {
			c := newCrowd[uint32](32, int(n))
			for i := range n {
				c.insert(i, int32(i))
			}
			for i := range n {
				number, ok := c.find(i)
				require.True(t, ok)
				require.EqualValues(t, i, number)
			}
			for i := n; i < 10*n; i++ {
				_, ok := c.find(i)
				require.False(t, ok)
			}
			require.EqualValues(t, n, c.count)
		}
	})

	t.Run("the network of zeros is one like any other", func(t *testing.T) {
		c := newCrowd[uint32](8, 10)
		_, ok := c.find(0)
		require.False(t, ok)
		c.insert(0, 0)
		number, ok := c.find(0)
		require.True(t, ok)
		require.Zero(t, number)
	})

	t.Run("its filter lets few others through", func(t *testing.T) {
		network := func(i int) (n [16]byte) {
			n[14], n[15], n[13] = byte(i>>8), byte(i), byte(i>>16)
			return n
		}
		c := newCrowd[[16]byte](128, 100_000)
		for i := range 100_000 {
			c.insert(network(i), int32(i))
		}
		through := 0
		for i := range 100_000 {
			number, ok := c.find(network(i))
			require.True(t, ok)
			require.EqualValues(t, i, number)
			other := network(100_000 + i)
			if word, bit := c.mark(c.hash(other)); *word&bit != 0 {
				through++
			}
			_, ok = c.find(other)
			require.False(t, ok)
		}
		require.InDelta(t, 6_000, through, 500) // 1 - 1/e^(1/16)
	})
}
