// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"math/rand/v2"
	"net/netip"
	"time"
)

// service is where a server listens.
type service struct {
	port     uint16
	protocol uint8
}

var (
	ssh     = service{22, tcp}
	smtp    = service{25, tcp}
	dns     = service{53, udp}
	ntp     = service{123, udp}
	https   = service{443, tcp}
	openVPN = service{1194, udp}
	rdp     = service{3389, tcp}
	psql    = service{5432, tcp}
	redis   = service{6379, tcp}
	appHTTP = service{8080, tcp}
	appTLS  = service{8443, tcp}
	kafka   = service{9092, tcp}
	metrics = service{9100, tcp}
)

// exchange is what one conversation usually amounts to.
type exchange struct {
	sent, received Volume
	seconds        int64
}

// habit is traffic that comes back: every client talks to every server once an
// interval, as far as its rhythm lets it. Each pair talks at least once on each
// working day, so that a week of learning knows all of them.
type habit struct {
	clients, servers []netip.Addr
	service          service
	every            time.Duration
	rhythm           rhythm
	exchange         exchange
}

func (h habit) play(m *minute) {
	every := h.every.Seconds() / m.rate
	before := float64(m.start-m.begin) / every
	after := before + 60/every
	pair := 0
	for _, client := range h.clients {
		for _, server := range h.servers {
			pair++
			if client == server {
				continue
			}
			// Multiples of the golden ratio spread the pairs evenly over the interval.
			phase := float64(pair) * 0.6180339887498949
			for range int(after+phase) - int(before+phase) {
				if due(m.start, every) || m.rng.Float64() < h.rhythm(m.start) {
					m.talk(h.conversation(m, client, server))
				}
			}
		}
	}
}

// due holds for the first interval that begins after ten in the morning of a
// working day, and for all when there is less than one a day.
func due(t int64, every float64) bool {
	const ten, day = 10 * 3600, 86400
	since := (t - ten) % day
	return every > day || float64(since) < every && !weekend(t-since)
}

func (h habit) conversation(m *minute, client, server netip.Addr) Conversation {
	e := h.exchange
	return Conversation{
		Start: m.second(), Seconds: e.seconds,
		Client: client, ClientPort: m.port(client),
		Server: server, ServerPort: h.service.port, Protocol: h.service.protocol,
		Sent: e.sent.vary(m.rng), Received: e.received.vary(m.rng),
	}
}

// vary makes the volume up to a few packets and a twentieth larger.
func (v Volume) vary(rng *rand.Rand) Volume {
	if v.Packets > 1 {
		v.Packets += rng.Uint64N(3)
	}
	v.Bytes += rng.Uint64N(v.Bytes/20 + 1)
	return v
}
