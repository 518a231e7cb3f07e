// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"time"
)

// dataTier returns the traffic of applications with their databases, caches and queues.
func dataTier(apps, stores []netip.Addr, at service) []model {
	return []model{habit{
		clients: apps, servers: stores, service: at, every: 45 * time.Minute, rhythm: constantly,
		exchange: exchange{Volume{40, 12800}, Volume{44, 39600}, 25},
	}}
}

// backups returns the nightly copies of large files. They are internal, so they are not outbound transfers.
func backups(server netip.Addr, hosts []netip.Addr) []model {
	return []model{nightly{hour: 1, habit: habit{
		clients: []netip.Addr{server}, servers: hosts, service: ssh,
		exchange: exchange{Volume{21000, 1092000}, Volume{42000, 60480000}, 400},
	}}}
}

// nightly plays each pair of its habit once a night, fifteen minutes apart.
type nightly struct {
	habit
	hour int64
}

func (n nightly) play(m *minute) {
	since := m.start%86400 - n.hour*3600
	pairs := int64(len(n.clients) * len(n.servers))
	if since < 0 || since%900 != 0 || since/900 >= pairs {
		return
	}
	i := int(since / 900)
	m.add(n.conversation(m, n.clients[i/len(n.servers)], n.servers[i%len(n.servers)]))
}

// offsite copies the nightly backup to another provider within an hour: slightly less than the threshold of a large
// transfer.
type offsite struct{ from, to netip.Addr }

func (o offsite) play(m *minute) {
	if m.start%86400 != 3*3600 {
		return
	}
	m.add(Conversation{
		Start: m.start + 5, Seconds: 600, Client: o.from, ClientPort: m.port(o.from),
		Server: o.to, ServerPort: https.port, Protocol: tcp,
		Sent: Volume{12800, 18_900_000}, Received: Volume{6400, 332_800},
	})
}
