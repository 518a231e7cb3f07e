// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"time"
)

// nameLookups returns DNS queries over UDP to a resolver with an interface, such as a Route 53 Resolver endpoint. AWS does
// not log queries to the resolver at the VPC's second address.
func nameLookups(hosts []netip.Addr, resolver netip.Addr) []model {
	return []model{habit{
		clients: hosts, servers: []netip.Addr{resolver}, service: dns, every: 150 * time.Minute, rhythm: constantly,
		exchange: exchange{Volume{1, 71}, Volume{1, 135}, 0},
	}}
}

// zoneTransfers returns the zone transfers of secondary name servers over TCP.
func zoneTransfers(server netip.Addr, secondaries []netip.Addr) []model {
	return []model{habit{
		clients: secondaries, servers: []netip.Addr{server}, service: dnsTCP, every: 12 * time.Hour, rhythm: constantly, exchange: fetch,
	}}
}

// clocks returns NTP over the Internet.
func clocks(hosts, servers []netip.Addr) []model {
	var out []model
	for i, host := range hosts {
		out = append(out, habit{
			clients: []netip.Addr{host}, servers: servers[i%len(servers):][:1], service: ntp, every: 8 * time.Hour, rhythm: constantly,
			exchange: exchange{Volume{1, 76}, Volume{1, 76}, 0},
		})
	}
	return out
}

// scrapes returns the requests of a monitor to one port of every host.
func scrapes(monitor netip.Addr, hosts []netip.Addr) []model {
	return []model{habit{
		clients: []netip.Addr{monitor}, servers: hosts, service: metrics, every: 2 * time.Hour, rhythm: constantly,
		exchange: exchange{Volume{7, 742}, Volume{11, 14300}, 1},
	}}
}

// pings sends the echo requests of an uptime service, once an hour to each host.
type pings struct {
	from netip.Addr
	to   []netip.Addr
}

func (p pings) play(m *minute) {
	if m.start%3600 != 120 {
		return
	}
	for _, host := range p.to {
		echo := Volume{4, 336}
		m.add(Conversation{
			Start: m.start + 7, Seconds: 3, Client: p.from, Server: host, Protocol: icmp,
			Sent: echo, Received: echo,
		})
	}
}

// idle logs an interface without traffic: NODATA lines, twice an hour instead of in every interval, and two SKIPDATA lines
// a day, which AWS writes when it has lost records.
type idle struct{ host *Host }

func (s idle) play(m *minute) {
	status := NoData
	switch m.start % 86400 {
	case 4*3600 + 600, 17*3600 + 2400:
		status = SkipData
	default:
		if m.start%1800 != 0 {
			return
		}
	}
	end := s.host.intervalEnd(m.start)
	m.emit(Record{Host: s.host, Status: status, Start: end - 60, End: end - 1, arrival: end})
}
