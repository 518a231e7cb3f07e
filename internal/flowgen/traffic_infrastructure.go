// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"time"
)

// nameLookups is DNS over UDP to the network's own resolver. (AWS does not log
// what goes to the resolver at the VPC's second address; this one is an
// interface of its own, such as a Route 53 Resolver endpoint.)
func nameLookups(hosts []netip.Addr, resolver netip.Addr) []model {
	return []model{habit{
		clients: hosts, servers: []netip.Addr{resolver}, service: dns, every: 150 * time.Minute, rhythm: constantly,
		exchange: exchange{Volume{1, 71}, Volume{1, 135}, 0},
	}}
}

// clocks is NTP over the Internet.
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

// scrapes is a monitor's poll of one port of every host.
func scrapes(monitor netip.Addr, hosts []netip.Addr) []model {
	return []model{habit{
		clients: []netip.Addr{monitor}, servers: hosts, service: metrics, every: 2 * time.Hour, rhythm: constantly,
		exchange: exchange{Volume{7, 742}, Volume{11, 14300}, 1},
	}}
}

// pings is an uptime service's echo requests, once an hour each.
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
		m.talk(Conversation{
			Start: m.start + 7, Seconds: 3, Client: p.from, Server: host, Protocol: icmp,
			Sent: echo, Received: echo,
		})
	}
}

// silence is an interface nobody talks to: NODATA lines, here twice an hour
// instead of in every interval, and now and then a SKIPDATA line where AWS lost records.
type silence struct{ host *Host }

func (s silence) play(m *minute) {
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
