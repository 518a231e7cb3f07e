// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"math/rand/v2"
	"net/netip"
)

// browsing returns the pages that people open. A page has content of several hosts, some of which are down.
type browsing struct {
	people  []netip.Addr
	perDay  float64 // pages of a person
	failing float64
}

func (b browsing) play(m *minute) {
	for range m.times(b.perDay*float64(len(b.people)), officeHours(m.start)) {
		person, start := b.people[m.rng.IntN(len(b.people))], m.second()
		for range 1 + m.rng.IntN(5) {
			server := webServer(m.rng)
			if m.rng.Float64() < b.failing {
				outcome := randomFailure(m)
				for try := range int64(1 + m.rng.IntN(3)) { // the browser tries again
					m.add(failing(m, start+2*try, person, server, https, outcome))
				}
				continue
			}
			page := pages[m.rng.IntN(len(pages))]
			m.add(Conversation{
				Start: start, Seconds: page.seconds, Client: person, ClientPort: m.port(person),
				Server: server, ServerPort: https.port, Protocol: tcp, Sent: page.sent.vary(m.rng), Received: page.received.vary(m.rng),
			})
		}
	}
}

// webServer returns one of 5,000 servers, some far more frequent than others.
func webServer(rng *rand.Rand) netip.Addr {
	const servers = 5000
	n := uint64(servers * rng.Float64() * rng.Float64())
	return randomAddr(rand.New(rand.NewPCG(n, servers)), webs)
}

// videoCalls are meetings over UDP. In some, the client mostly sends or mostly receives.
type videoCalls struct {
	people []netip.Addr
	perDay float64 // of all people
}

func (v videoCalls) play(m *minute) {
	for range m.times(v.perDay, officeHours(m.start)) {
		person := v.people[m.rng.IntN(len(v.people))]
		seconds := int64(300 + m.rng.IntN(2400))
		sent, received := 60*uint64(seconds), 60*uint64(seconds)
		switch m.rng.IntN(6) {
		case 0: // presents to many people
			received = 2 * uint64(seconds)
		case 1: // watches
			sent = 2 * uint64(seconds)
		}
		m.add(Conversation{
			Start: m.second(), Seconds: seconds, Client: person, ClientPort: m.port(person),
			Server: mediaNL[m.rng.IntN(len(mediaNL))], ServerPort: 3478, Protocol: udp,
			Sent: Volume{sent, 900 * sent}, Received: Volume{received, 900 * received},
		})
	}
}

// printing sends pages to printers, which sometimes are off.
type printing struct {
	desks, printers []netip.Addr
	perDay          float64
}

func (p printing) play(m *minute) {
	for range m.times(p.perDay, officeHours(m.start)) {
		desk, printer := p.desks[m.rng.IntN(len(p.desks))], p.printers[m.rng.IntN(len(p.printers))]
		if m.rng.IntN(10) == 0 {
			m.add(failing(m, m.second(), desk, printer, metrics, Unanswered))
			continue
		}
		m.add(Conversation{
			Start: m.second(), Seconds: 8, Client: desk, ClientPort: m.port(desk), Server: printer, ServerPort: metrics.port,
			Protocol: tcp, Sent: Volume{200, 240_000}, Received: Volume{100, 5200},
		})
	}
}

// newsletter sends mail to many domains on Tuesdays. Some of their servers are down.
type newsletter struct {
	from       netip.Addr
	recipients int
	dead       float64
}

func (n newsletter) play(m *minute) {
	since := m.start % 86400
	if (m.start/86400+4)%7 != 2 || since < 10*3600 || since >= 10*3600+1800 {
		return
	}
	for range n.recipients / 30 {
		server := webServer(m.rng)
		if m.rng.Float64() < n.dead {
			m.add(failing(m, m.second(), n.from, server, smtp, randomFailure(m)))
			continue
		}
		m.add(Conversation{
			Start: m.second(), Seconds: 4, Client: n.from, ClientPort: m.port(n.from), Server: server, ServerPort: smtp.port,
			Protocol: tcp, Sent: Volume{24, 21_600}, Received: Volume{18, 1440},
		})
	}
}

// sessions are connections that last for hours on working days.
type sessions struct {
	clients     []netip.Addr
	server      netip.Addr
	hour, hours int64
}

func (s sessions) play(m *minute) {
	if m.start%86400 != s.hour*3600 || weekend(m.start) || m.rate < 0.5 {
		return
	}
	packets := uint64(s.hours) * 720
	for _, client := range s.clients {
		m.add(Conversation{
			Start: m.second(), Seconds: s.hours * 3600, Client: client, ClientPort: m.port(client), Server: s.server,
			ServerPort: https.port, Protocol: tcp, Sent: Volume{packets, packets * 90}, Received: Volume{packets, packets * 120},
		})
	}
}

// vulnerabilityScans try many ports of all hosts on Sunday nights.
type vulnerabilityScans struct {
	from netip.Addr
	to   []netip.Addr
}

func (v vulnerabilityScans) play(m *minute) {
	host := (m.start%86400 - 2*3600) / 60
	if (m.start/86400+4)%7 != 0 || host < 0 || host >= int64(len(v.to)) {
		return
	}
	for i := range 20 {
		outcome := []Outcome{Refused, Refused, Unanswered, Rejected}[(int(host)+i)%4]
		m.add(failing(m, m.start+int64(2*i), v.from, v.to[host], service{uint16(20 + 37*i), tcp}, outcome))
	}
}
