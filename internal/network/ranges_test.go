// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func TestDefaultInternalRangesHaveTheRightBounds(t *testing.T) {
	internal := NewRanges(DefaultInternal)
	for _, tt := range []struct {
		name            string
		inside, outside []string
	}{
		{"10.0.0.0/8", []string{"10.0.0.0", "10.255.255.255"}, []string{"9.255.255.255", "11.0.0.0"}},
		{"172.16.0.0/12", []string{"172.16.0.0", "172.31.255.255"}, []string{"172.15.255.255", "172.32.0.0"}},
		{"192.168.0.0/16", []string{"192.168.0.0", "192.168.255.255"}, []string{"192.167.255.255", "192.169.0.0"}},
		{"100.64.0.0/10", []string{"100.64.0.0", "100.127.255.255"}, []string{"100.63.255.255", "100.128.0.0"}},
		{"169.254.0.0/16", []string{"169.254.0.0", "169.254.255.255"}, []string{"169.253.255.255", "169.255.0.0"}},
		{"fc00::/7", []string{"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, []string{"fbff::1", "fe00::"}},
		{"fe80::/10", []string{"fe80::", "febf::1"}, []string{"fe7f::1", "fec0::"}},
		{"nothing else", nil, []string{"0.0.0.0", "8.8.8.8", "127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, a := range tt.inside {
				assert.True(t, internal.Contains(netip.MustParseAddr(a)), a)
			}
			for _, a := range tt.outside {
				assert.False(t, internal.Contains(netip.MustParseAddr(a)), a)
			}
		})
	}
}

func TestRangesAcceptPrefixesAsUsersWriteThem(t *testing.T) {
	for _, tt := range []struct {
		name     string
		prefixes []string
		inside   string
		outside  string
	}{
		{"with host bits set", []string{"203.0.113.77/24"}, "203.0.113.1", "203.0.114.1"},
		{"as IPv4-mapped IPv6", []string{"::ffff:203.0.113.0/120"}, "203.0.113.1", "203.0.114.1"},
		{"overlapping", []string{"203.0.113.0/24", "203.0.0.0/16"}, "203.0.1.1", "203.1.0.1"},
		{"the same twice", []string{"203.0.113.0/24", "203.0.113.0/24"}, "203.0.113.1", "203.0.112.1"},
		{"of one address", []string{"203.0.113.7/32"}, "203.0.113.7", "203.0.113.8"},
		{"of all of IPv4", []string{"0.0.0.0/0"}, "255.255.255.255", "::1"},
		{"of all of IPv6", []string{"::/0"}, "::1", "10.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := NewRanges(networktest.Prefixes(tt.prefixes...))
			assert.True(t, r.Contains(netip.MustParseAddr(tt.inside)))
			assert.False(t, r.Contains(netip.MustParseAddr(tt.outside)))
		})
	}
}

func TestEmptyRangesContainNothing(t *testing.T) {
	for name, r := range map[string]*Ranges{
		"no prefixes":                            NewRanges(nil),
		"the invalid prefix":                     NewRanges([]netip.Prefix{{}}),
		"a mapped prefix wider than all of IPv4": NewRanges(networktest.Prefixes("::ffff:0.0.0.0/90")),
	} {
		assert.False(t, r.Contains(netip.MustParseAddr("10.0.0.1")), name)
		assert.False(t, r.Contains(netip.MustParseAddr("::1")), name)
		assert.False(t, r.Contains(netip.Addr{}), name)
	}
	assert.False(t, NewRanges(networktest.Prefixes("0.0.0.0/0", "::/0")).Contains(netip.Addr{}), "the invalid address")
}

// The model is the definition: an address is contained when one of the prefixes contains it.
func TestRangesAgreeWithModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		prefixes := make([]netip.Prefix, rng.IntN(20))
		for i := range prefixes {
			prefixes[i] = networktest.RandomPrefix(rng)
		}
		r := NewRanges(prefixes)
		for range 200 {
			a := networktest.RandomAddr(rng)
			want := false
			for _, p := range prefixes {
				want = want || p.Contains(a)
			}
			assert.Equal(t, want, r.Contains(a), "%s in %v", a, prefixes)
		}
	}
}

// TestContainsAgreesWithAScan compares random sets of prefixes of all lengths with a scan of the prefixes.
func TestContainsAgreesWithAScan(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var prefixes []netip.Prefix
		for range 1 + random.IntN(6) {
			a := netip.AddrFrom4([4]byte{byte(random.IntN(3)), byte(random.IntN(3)), byte(random.IntN(3)), byte(random.IntN(256))})
			prefixes = append(prefixes, netip.PrefixFrom(a, random.IntN(33)))
		}
		if random.IntN(3) > 0 {
			prefixes = slices.DeleteFunc(prefixes, func(p netip.Prefix) bool { return p.Bits() < 9 })
		}
		ranges := NewRanges(prefixes)
		for range 300 {
			a := netip.AddrFrom4([4]byte{byte(random.IntN(4)), byte(random.IntN(4)), byte(random.IntN(4)), byte(random.IntN(256))})
			want := slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
			assert.Equal(t, want, ranges.Contains(a), "%s in %v", a, prefixes)
		}
	}
}
