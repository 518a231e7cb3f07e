// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"math/rand/v2"
	"net/netip"
	"time"
)

// visitors plays the visitors of web servers. The replies go to a new client port each time, which must not look like a
// scan.
type visitors struct {
	servers []netip.Addr
	perDay  float64 // connections at full rhythm
	rhythm  rhythm
}

// pages are the volumes of the requests and responses.
var pages = []exchange{
	{Volume{8, 1290}, Volume{12, 12840}, 3},
	{Volume{6, 902}, Volume{7, 5310}, 1},
	{Volume{10, 1644}, Volume{24, 29112}, 4},
	{Volume{5, 764}, Volume{4, 1180}, 0},
	{Volume{14, 2210}, Volume{48, 64300}, 9},
	{Volume{6, 938}, Volume{6, 3904}, 1},
}

func (v visitors) play(m *minute) {
	for range m.times(v.perDay, v.rhythm(m.start)) {
		start, page := m.second(), pages[m.rng.IntN(len(pages))]
		client, port := visitor(m.rng)
		m.add(Conversation{
			Start: start, Seconds: page.seconds, Client: client, ClientPort: port,
			Server: v.servers[m.rng.IntN(len(v.servers))], ServerPort: https.port, Protocol: tcp,
			Sent: page.sent.vary(m.rng), Received: page.received.vary(m.rng),
		})
	}
}

// visitor returns the address and port of a random visitor. There are 3,000, some far more frequent than others.
func visitor(rng *rand.Rand) (netip.Addr, uint16) {
	const visitors = 3000
	n := uint64(visitors * rng.Float64() * rng.Float64() * rng.Float64())
	return randomAddr(rand.New(rand.NewPCG(n, visitors)), homes), 49152 + uint16(rng.IntN(16384))
}

// webTier returns the requests of web servers to the applications behind them.
func webTier(webs, apps []netip.Addr) []model {
	return []model{habit{
		clients: webs, servers: apps, service: appHTTP, every: 40 * time.Minute, rhythm: constantly,
		exchange: exchange{Volume{22, 9240}, Volume{30, 32400}, 20},
	}}
}

// balancing returns the requests that load balancers forward, and their health checks, which run day and night.
func balancing(balancers, services []netip.Addr) []model {
	return []model{
		habit{
			clients: balancers, servers: services, service: appHTTP, every: 40 * time.Minute, rhythm: shoppers,
			exchange: exchange{Volume{18, 7200}, Volume{26, 26520}, 15},
		},
		habit{
			clients: balancers, servers: services, service: appHTTP, every: 30 * time.Minute, rhythm: constantly,
			exchange: exchange{Volume{6, 412}, Volume{5, 520}, 0},
		},
	}
}

// serviceCalls returns the requests of services to other services.
func serviceCalls(callers, callees []netip.Addr) []model {
	return []model{habit{
		clients: callers, servers: callees, service: appTLS, every: time.Hour, rhythm: shoppers,
		exchange: exchange{Volume{12, 3600}, Volume{10, 5200}, 4},
	}}
}
