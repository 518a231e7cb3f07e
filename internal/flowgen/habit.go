// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"math/rand/v2"
	"net/netip"
	"time"
)

// habit is regular traffic: every client connects to every server once per interval, with the probability given by the
// rhythm. Each pair connects at least once on each working day, so that detection learns all pairs in a week.
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
					m.add(h.conversation(m, client, server))
				}
			}
		}
	}
}

// due reports whether a connection is made at any rhythm: in the first interval after ten on a working day, and always if
// the interval is longer than a day.
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

// vary returns a random volume with up to two more packets and up to 5 % more bytes.
func (v Volume) vary(rng *rand.Rand) Volume {
	if v.Packets > 1 {
		v.Packets += rng.Uint64N(3)
	}
	v.Bytes += rng.Uint64N(v.Bytes/20 + 1)
	return v
}
