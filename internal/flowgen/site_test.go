// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/phuslu/iploc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSitesAreConsistent(t *testing.T) {
	shop, platform := newShop(), newPlatform()
	assert.Less(t, shop.Account, platform.Account, "the order of the paths")
	for _, s := range []*Site{shop, platform} {
		enis, subnets := make(map[string]string), make(map[string]string)
		addresses := 0
		for _, h := range s.Hosts {
			assert.Len(t, h.ENI, len("eni-01234567890123456"))
			assert.Len(t, h.Subnet, len("subnet-01234567890123456"))
			assert.Empty(t, enis[h.ENI], "each host has its own interface")
			enis[h.ENI] = h.Name
			if zone, known := subnets[h.Subnet]; known {
				assert.Equal(t, zone, h.Zone, "a subnet is in one zone: %s", h.Name)
			}
			subnets[h.Subnet] = h.Zone
			assert.True(t, h.Addr.IsPrivate())
			addresses++
			if h.Addr6.IsValid() {
				assert.True(t, h.Addr6.IsPrivate())
				addresses++
			}
			if h.Public6.IsValid() {
				assert.False(t, h.Public6.IsPrivate())
				addresses++
			}
		}
		assert.Len(t, s.byAddr, addresses, "no duplicate address")
		assert.Len(t, s.byName, len(s.Hosts), "no duplicate name")
	}
	_, err := siteOfVersion(3)
	assert.EqualError(t, err, "version 3: the versions are 2 (default format) and 5 (custom format)")
}

// country uses the same table as the built-in country table of detection.
func country(a netip.Addr) string { return iploc.IPCountry(a) }

func TestAddressesAreInTheCountriesOfTheirNames(t *testing.T) {
	for want, group := range map[string][]netip.Addr{
		"GB": append(append(mirrorGB, timeGB...), mailGB...),
		"NL": append(timeNL, partnerNL...),
		"US": append(gitUS, paymentsUS...),
		"IE": append(objectsIE, uptimeIE...),
		"DE": append(append(append(objectsDE, mailDE...), officeDE...), remoteDE...),
		"FR": vaultFR,
	} {
		for _, a := range group {
			assert.Equal(t, want, country(a), a)
		}
	}
}

func TestAttackersAreNotInTheBlocksOfOrdinaryTraffic(t *testing.T) {
	for _, s := range Scripts() {
		for _, c := range s.conversations {
			for _, a := range []netip.Addr{c.Client, c.Server} {
				if !strings.HasSuffix(a.String(), ".203.0.113") && !strings.HasSuffix(a.String(), ".198.51.100") {
					continue
				}
				assert.NotEqual(t, "ZZ", country(a), "%s: %s", s.Name, a)
				for _, block := range append(append([]netip.Prefix{}, homes...), noise...) {
					require.False(t, block.Contains(a), "%s: %s could also be a visitor or a scanner", s.Name, a)
				}
			}
		}
	}
}
