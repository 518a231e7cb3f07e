// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"time"
)

// outage is an hour in which a service is down. Its clients try again after one second, then after twice as long each time,
// up to every. Steady clients always wait that long.
type outage struct {
	day, hour int
	every     time.Duration
	outcome   Outcome // Unanswered or Refused
	steady    bool
}

// interrupted is a habit whose servers are down for an hour.
type interrupted struct {
	habit
	outage outage
}

func (i interrupted) play(m *minute) {
	begin := m.begin + int64(at(i.outage.day, i.outage.hour, 0).Seconds())
	if m.start < begin || m.start >= begin+3600 {
		i.habit.play(m)
		return
	}
	for n, client := range i.clients {
		t, wait := begin+int64(n)%60, time.Second
		if i.outage.steady {
			wait = i.outage.every
		}
		for try := 0; t < m.start+60; try++ {
			if t >= m.start {
				m.add(i.outage.attempt(m, t, client, i.servers[(n+try)%len(i.servers)], i.service))
			}
			t += int64(wait.Seconds())
			wait = min(2*wait, i.outage.every)
		}
	}
}

// attempt returns a connection that fails. Without an answer, the SYN is sent three times.
func (o outage) attempt(m *minute, t int64, client, server netip.Addr, to service) Conversation {
	return failing(m, t, client, server, to, o.outcome)
}

// failing returns a connection that fails.
func failing(m *minute, t int64, client, server netip.Addr, to service, outcome Outcome) Conversation {
	c := Conversation{
		Start: t, Client: client, ClientPort: m.port(client), Server: server, ServerPort: to.port, Protocol: to.protocol,
		Outcome: outcome, Sent: Volume{1, 60},
	}
	if outcome == Refused {
		c.Received = Volume{1, 40}
	} else {
		c.Seconds, c.Sent = 3, Volume{3, 180}
	}
	return c
}

// randomFailure returns an outcome: half of the connections that fail are refused.
func randomFailure(m *minute) Outcome {
	if m.rng.IntN(2) == 0 {
		return Refused
	}
	return Unanswered
}

// from plays a model from a day on.
type from struct {
	day int
	model
}

func (f from) play(m *minute) {
	if m.start >= m.begin+int64(at(f.day, 0, 0).Seconds()) {
		f.model.play(m)
	}
}
