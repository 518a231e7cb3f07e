// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func TestLookupReturnsTheListAndTheEntry(t *testing.T) {
	table := NewTable([]List{
		{Name: "feodo", Category: "c2", Severity: "critical", Prefixes: networktest.Prefixes("130.239.200.66/32", "2001:67c:2e8:bad::/64")},
		{Name: "drop", Prefixes: networktest.Prefixes("130.239.200.128/25")},
	})
	assert.Equal(t, 3, table.Len())
	for _, tt := range []struct {
		name, address string
		want          Match
		found         bool
	}{
		{"an address that is an entry", "130.239.200.66", Match{"feodo", "c2", "critical", netip.MustParsePrefix("130.239.200.66/32")}, true},
		{"the address before", "130.239.200.65", Match{}, false},
		{"the address after", "130.239.200.67", Match{}, false},
		{"the first address of a prefix", "130.239.200.128", Match{"drop", "", "", netip.MustParsePrefix("130.239.200.128/25")}, true},
		{"the last address of a prefix", "130.239.200.255", Match{"drop", "", "", netip.MustParsePrefix("130.239.200.128/25")}, true},
		{"the address before a prefix", "130.239.200.127", Match{}, false},
		{"the address after a prefix", "130.239.201.0", Match{}, false},
		{"an IPv6 address in a prefix", "2001:67c:2e8:bad::1", Match{"feodo", "c2", "critical", netip.MustParsePrefix("2001:67c:2e8:bad::/64")}, true},
		{"an IPv6 address after it", "2001:67c:2e8:bae::", Match{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, found := table.Lookup(netip.MustParseAddr(tt.address))
			assert.Equal(t, tt.found, found)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestLookupPrefersTheLongestPrefixThenTheFirstList(t *testing.T) {
	first := List{Name: "first", Prefixes: networktest.Prefixes("198.18.0.0/16", "198.18.5.0/24")}
	second := List{Name: "second", Prefixes: networktest.Prefixes("198.18.0.0/16", "198.18.5.9/32")}
	for _, tt := range []struct {
		name    string
		lists   []List
		address string
		list    string
		entry   string
	}{
		{"the first list has precedence for the same prefix", []List{first, second}, "198.18.1.1", "first", "198.18.0.0/16"},
		{"so has the other list in the other order", []List{second, first}, "198.18.1.1", "second", "198.18.0.0/16"},
		{"the longer prefix of the second list wins", []List{second, first}, "198.18.5.1", "first", "198.18.5.0/24"},
		{"the longer prefix of the last list wins", []List{first, second}, "198.18.5.9", "second", "198.18.5.9/32"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, found := NewTable(tt.lists).Lookup(netip.MustParseAddr(tt.address))
			assert.True(t, found)
			assert.Equal(t, Match{List: tt.list, Entry: netip.MustParsePrefix(tt.entry)}, got)
		})
	}
}

func TestLookupNeverMatchesSpecialPurposeAddresses(t *testing.T) {
	table := NewTable([]List{{Name: "all", Prefixes: networktest.Prefixes("0.0.0.0/0", "::/0")}})
	for _, tt := range []struct {
		name           string
		never, matched []string
	}{
		{"this network", []string{"0.0.0.0", "0.255.255.255"}, []string{"1.0.0.0"}},
		{"10.0.0.0/8", []string{"10.0.0.0", "10.255.255.255"}, []string{"9.255.255.255", "11.0.0.0"}},
		{"172.16.0.0/12", []string{"172.16.0.0", "172.31.255.255"}, []string{"172.15.255.255", "172.32.0.0"}},
		{"192.168.0.0/16", []string{"192.168.0.0", "192.168.255.255"}, []string{"192.167.255.255", "192.169.0.0"}},
		{"carrier-grade NAT", []string{"100.64.0.0", "100.127.255.255"}, []string{"100.63.255.255", "100.128.0.0"}},
		{"loopback", []string{"127.0.0.0", "127.255.255.255"}, []string{"126.255.255.255", "128.0.0.0"}},
		{"link-local", []string{"169.254.0.0", "169.254.255.255"}, []string{"169.253.255.255", "169.255.0.0"}},
		{"multicast and reserved", []string{"224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255"}, []string{"223.255.255.255"}},
		{"IPv6 unspecified and loopback", []string{"::", "::1"}, []string{"::2"}},
		{"IPv6 unique local", []string{"fc00::", "fdff:ffff::1"}, []string{"fbff::1", "fe00::"}},
		{"IPv6 link-local", []string{"fe80::", "febf::1"}, []string{"fe7f::1", "fec0::"}},
		{"IPv6 multicast", []string{"ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, []string{"feff::1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, a := range tt.never {
				_, found := table.Lookup(netip.MustParseAddr(a))
				assert.False(t, found, a)
			}
			for _, a := range tt.matched {
				_, found := table.Lookup(netip.MustParseAddr(a))
				assert.True(t, found, a)
			}
		})
	}
}

func TestLookupInAnEmptyTable(t *testing.T) {
	for name, table := range map[string]*Table{
		"nil":                nil,
		"no lists":           NewTable(nil),
		"an empty list":      NewTable([]List{{Name: "empty"}}),
		"the invalid prefix": NewTable([]List{{Name: "invalid", Prefixes: []netip.Prefix{{}}}}),
	} {
		assert.Zero(t, table.Len(), name)
		for _, a := range []netip.Addr{{}, netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("2001:db8::1")} {
			_, found := table.Lookup(a)
			assert.False(t, found, name)
		}
	}
}

func TestLookupDoesNotAllocate(t *testing.T) {
	table := NewTable([]List{{Name: "drop", Prefixes: networktest.Prefixes("130.239.200.128/25", "2001:67c:2e8:bad::/64")}})
	for _, address := range []string{"130.239.200.130", "2001:67c:2e8:bad::1", "8.8.8.8", "2001:db8::1", "10.0.0.1"} {
		a := netip.MustParseAddr(address)
		assert.Zero(t, testing.AllocsPerRun(100, func() { table.Lookup(a) }), address)
	}
}

// The model is the definition: the longest entry that contains the address, and the first list among equal entries.
func TestLookupAgreesWithModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		lists := make([]List, rng.IntN(4))
		for i := range lists {
			lists[i].Name = string(rune('a' + i))
			for range rng.IntN(10) {
				lists[i].Prefixes = append(lists[i].Prefixes, networktest.RandomPrefix(rng))
			}
		}
		table := NewTable(lists)
		for range 100 {
			a := networktest.RandomAddr(rng)
			want, wantFound := Match{}, false
			for _, list := range lists {
				for _, p := range list.Prefixes {
					if p.Contains(a) && (!wantFound || p.Bits() > want.Entry.Bits()) {
						want, wantFound = Match{List: list.Name, Entry: p}, true
					}
				}
			}
			got, found := table.Lookup(a)
			assert.Equal(t, wantFound, found, "%s in %v", a, lists)
			assert.Equal(t, want, got, "%s in %v", a, lists)
		}
	}
}
