// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"math/rand/v2"
	"net/netip"
)

// model generates one kind of ordinary traffic, minute by minute.
type model interface{ play(m *minute) }

// minute is the minute that a model plays. A model adds conversations to it.
type minute struct {
	begin, start int64 // Unix times of the start of the log and of this minute
	rate         float64
	rng          *rand.Rand
	site         *Site
	ports        map[netip.Addr]uint16
	emit         func(Record)
}

// add adds a conversation.
func (m *minute) add(c Conversation) { m.site.records(c, m.emit) }

// second returns a random second of the minute.
func (m *minute) second() int64 { return m.start + m.rng.Int64N(60) }

// times returns a random number of events in this minute. perDay is their number on a day that is always busy. busy is
// the current activity, from 0 to 1.
func (m *minute) times(perDay, busy float64) int {
	expected := perDay * busy * m.rate / 1440
	n := int(expected)
	if m.rng.Float64() < expected-float64(n) {
		n++
	}
	return n
}

// port returns the client's next ephemeral port. Linux uses every second one.
func (m *minute) port(client netip.Addr) uint16 {
	const low, high = 32768, 60999
	p, known := m.ports[client]
	if p += 2; !known || p > high {
		p = low + uint16(m.rng.IntN(1000))
	}
	m.ports[client] = p
	return p
}
