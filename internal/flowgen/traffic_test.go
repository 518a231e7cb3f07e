// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEachScannerTriesFewHosts(t *testing.T) {
	shop := newShop()
	records := recordsOfModel(scanners{to: shop.public(), perDay: 2000}, 3, 1)
	type scanner struct {
		addr       netip.Addr
		from, port uint16
	}
	probes := make(map[scanner]int)
	for _, r := range records {
		assert.True(t, r.Rejected)
		assert.True(t, r.Host.Public)
		assert.False(t, slices.Contains(r.Host.Open, r.DstPort), "%s has port %d open", r.Host.Name, r.DstPort)
		probes[scanner{r.Src, r.SrcPort, r.DstPort}]++
	}
	assert.InDelta(t, 6000, len(probes), 700)
	for source, n := range probes {
		assert.LessOrEqual(t, n, 3, source)
	}
}

func TestNATGatewayLogsDroppedPacketsAsAccepted(t *testing.T) {
	platform := newPlatform()
	assert.Equal(t, Unanswered, platform.unexpected(platform.byName["nat"]))
	assert.Equal(t, Rejected, platform.unexpected(platform.byName["bastion"]))
}

func TestVisitorsAreAnswered(t *testing.T) {
	shop := newShop()
	records := recordsOfModel(visitors{servers: shop.addrs("web-1"), perDay: 1000, rhythm: constantly}, 1, 1)
	var requests, replies int
	clients := make(map[netip.Addr]bool)
	for _, r := range records {
		if r.Egress {
			replies++
			assert.Equal(t, uint16(443), r.SrcPort)
			continue
		}
		requests++
		clients[r.Src] = true
		assert.GreaterOrEqual(t, r.SrcPort, uint16(49152))
	}
	assert.InDelta(t, 1000, requests, 150)
	assert.InDelta(t, requests, replies, 20)
	assert.True(t, len(clients) > 300 && len(clients) < requests, "many visitors, some of whom return: %d", len(clients))
}

func TestBackupsRunOnceANight(t *testing.T) {
	shop := newShop()
	records := recordsOfModel(backups(shop.addr("backup"), shop.addrs("app-1", "app-2"))[0], 2, 50)
	ports := make(map[uint16]bool)
	for _, r := range records {
		if r.SrcPort != 22 {
			ports[r.SrcPort] = true
		}
		assert.Less(t, r.Start%86400, int64(2*3600))
	}
	assert.Len(t, ports, 4, "two hosts, two nights, at any rate")
}

func TestOffsiteBackupIsBelowTheTransferThreshold(t *testing.T) {
	shop := newShop()
	var sent uint64
	for _, r := range recordsOfModel(offsite{from: shop.addr("backup"), to: vaultFR[0]}, 1, 100) {
		if r.Egress {
			sent += r.Bytes
		}
	}
	assert.Equal(t, uint64(18_900_000), sent)
}

func TestPingsAreFewAndAnswered(t *testing.T) {
	shop := newShop()
	records := recordsOfModel(pings{from: uptimeIE[0], to: shop.addrs("web-1", "web-2")}, 1, 1)
	var packets uint64
	for _, r := range records {
		assert.Equal(t, icmp, r.Protocol)
		assert.Zero(t, r.SrcPort)
		packets += r.Packets
	}
	assert.Equal(t, uint64(24*2*2*4), packets, "four requests and replies an hour for each of two hosts")
}
