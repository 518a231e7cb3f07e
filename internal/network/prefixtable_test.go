// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPrefixTableCountsPrefixesOfEveryWidth(t *testing.T) {
	table := newPrefixTable()
	for range 2 { // again: the same prefix counts once
		for i, p := range prefixesOf("198.18.0.0/16", "198.18.5.9/32", "2001:db8::/32", "2001:db8::1/128", "0.0.0.0/0") {
			table.insert(p, int32(i))
		}
		table.insert(netip.Prefix{}, 7)
	}
	assert.Equal(t, 5, table.size())
}

func TestPrefixTableTakesTheLastNumberOfAPrefix(t *testing.T) {
	for _, p := range prefixesOf("198.18.0.0/16", "198.18.5.9/32", "2001:db8::/32", "2001:db8::1/128") {
		table := newPrefixTable()
		table.insert(p, 1)
		table.insert(p, 2)
		got, number, ok := table.lookup(p.Addr())
		assert.True(t, ok)
		assert.Equal(t, p, got)
		assert.Equal(t, int32(2), number)
	}
}

func TestFilterHasTheNetworksThatAPrefixMeetsAndNoOthers(t *testing.T) {
	for _, tt := range []struct {
		name           string
		prefix         string
		inside, beyond []string
	}{
		{"a single address has all of its /24", "198.18.5.9/32", []string{"198.18.5.0", "198.18.5.255"}, []string{"198.18.4.255", "198.18.6.0"}},
		{"a /25 has all of its /24", "198.18.5.128/25", []string{"198.18.5.0", "198.18.5.255"}, []string{"198.18.4.255", "198.18.6.0"}},
		{"a /24 has itself", "198.18.5.0/24", []string{"198.18.5.0", "198.18.5.255"}, []string{"198.18.4.255", "198.18.6.0"}},
		{"a /23 has two", "198.18.4.0/23", []string{"198.18.4.0", "198.18.5.255"}, []string{"198.18.3.255", "198.18.6.0"}},
		{"a /8 has all of it", "198.0.0.0/8", []string{"198.0.0.0", "198.255.255.255"}, []string{"197.255.255.255", "199.0.0.0"}},
		{"the first of all", "0.0.0.0/32", []string{"0.0.0.255"}, []string{"0.0.1.0"}},
		{"the last of all", "255.255.255.255/32", []string{"255.255.255.0"}, []string{"255.255.254.255"}},
		{"all of IPv4", "0.0.0.0/0", []string{"0.0.0.0", "255.255.255.255"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFilter()
			f.add(netip.MustParsePrefix(tt.prefix))
			for _, a := range tt.inside {
				assert.True(t, f.mayHave(netip.MustParseAddr(a)), a)
			}
			for _, a := range tt.beyond {
				assert.False(t, f.mayHave(netip.MustParseAddr(a)), a)
			}
		})
	}
}

// Single addresses and wider prefixes live in different places: the narrowest must win whichever place it is in.
func TestPrefixTableAgreesWithTheModelOnAddressesCloseTogether(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	table, model := newPrefixTable(), map[netip.Prefix]int32{}
	for i := range int32(5000) {
		p := closeTogether(rng)
		table.insert(p, i)
		model[p] = i
	}
	assert.Equal(t, len(model), table.size())
	for range 5000 {
		a := closeTogether(rng).Addr()
		want, wantOK := netip.Prefix{}, false
		for bits := a.BitLen(); bits >= 0 && !wantOK; bits-- {
			want = netip.PrefixFrom(a, bits).Masked()
			_, wantOK = model[want]
		}
		got, number, ok := table.lookup(a)
		assert.Equal(t, wantOK, ok, a)
		if ok {
			assert.Equal(t, want, got, a)
			assert.Equal(t, model[want], number, a)
		}
	}
}

// closeTogether returns one of few prefixes, half of them single addresses.
func closeTogether(rng *rand.Rand) netip.Prefix {
	a := netip.AddrFrom4([4]byte{198, 18, byte(rng.IntN(8)), byte(rng.IntN(256))})
	if rng.IntN(2) == 0 {
		a = netip.AddrFrom16([16]byte{0x20, 0x01, 14: byte(rng.IntN(8)), 15: byte(rng.IntN(256))})
	}
	bits := a.BitLen()
	if rng.IntN(2) == 0 {
		bits -= rng.IntN(12)
	}
	return netip.PrefixFrom(a, bits).Masked()
}
