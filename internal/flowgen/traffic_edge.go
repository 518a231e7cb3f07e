// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"slices"
)

// crawlers are search engines and surveys of the Internet. Each fetches a page of one to four public web servers.
type crawlers struct {
	to     []*Host
	perDay float64
}

func (c crawlers) play(m *minute) {
	for range m.times(c.perDay, 1) {
		source, start := randomAddr(m.rng, noise), m.second()
		for range 1 + m.rng.IntN(4) {
			host := c.to[m.rng.IntN(len(c.to))]
			if !slices.Contains(host.Open, https.port) {
				continue
			}
			m.add(Conversation{
				Start: start, Seconds: 2, Client: source, ClientPort: 40000 + uint16(m.rng.IntN(20000)), Server: host.Addr,
				ServerPort: https.port, Protocol: tcp, Sent: fetch.sent.vary(m.rng), Received: fetch.received.vary(m.rng),
			})
		}
	}
}

// checks are the requests of an uptime service to several sites, every fifteen minutes.
type checks struct {
	from netip.Addr
	to   []netip.Addr
}

func (c checks) play(m *minute) {
	if m.start%900 != 0 {
		return
	}
	for i, host := range c.to {
		m.add(Conversation{
			Start: m.start + int64(i), Seconds: 1, Client: c.from, ClientPort: m.port(c.from), Server: host, ServerPort: https.port,
			Protocol: tcp, Sent: fetch.sent, Received: fetch.received,
		})
	}
}

// idlePool is a pool of connections that stay open. Each sends one packet without data now and then, which is answered.
type idlePool struct {
	clients     []netip.Addr
	server      netip.Addr
	connections int
}

func (p idlePool) play(m *minute) {
	if m.start%3600 != 600 {
		return
	}
	for _, client := range p.clients {
		for i := range p.connections {
			m.add(Conversation{
				Start: m.start + int64(i), Client: client, ClientPort: 33000 + uint16(2*i), Server: p.server, ServerPort: https.port,
				Protocol: tcp, Sent: Volume{1, 52}, Received: Volume{1, 52},
			})
		}
	}
}

// syslog sends log lines over UDP, which nobody answers.
type syslog struct {
	from, to  netip.Addr
	perSecond uint64
}

func (s syslog) play(m *minute) {
	packets := 60 * s.perSecond
	m.add(Conversation{
		Start: m.start, Seconds: 59, Client: s.from, ClientPort: 40514, Server: s.to, ServerPort: 514, Protocol: udp,
		Outcome: Unanswered, Sent: Volume{packets, 300 * packets},
	})
}
