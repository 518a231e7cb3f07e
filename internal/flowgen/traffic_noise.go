// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "slices"

// scanners plays the background noise of the Internet. Each source tries one port of one to three public hosts, once.
type scanners struct {
	to     []*Host
	perDay float64 // sources
}

// probed are the ports that scanners try, the most frequent ones first.
var probed = []service{
	{23, tcp},
	{22, tcp},
	{445, tcp},
	{3389, tcp},
	{8080, tcp},
	{80, tcp},
	{443, tcp},
	{5060, udp},
	{1433, tcp},
	{6379, tcp},
	{5900, tcp},
	{8443, tcp},
	{123, udp},
	{161, udp},
	{3306, tcp},
	{2375, tcp},
	{9200, tcp},
	{5432, tcp},
	{1900, udp},
	{27017, tcp},
	{21, tcp},
	{11211, udp},
	{8888, tcp},
	{2323, tcp},
}

func (s scanners) play(m *minute) {
	for range m.times(s.perDay, 1) {
		source, port := randomAddr(m.rng, noise), 40000+uint16(m.rng.IntN(20000))
		at := probed[int(float64(len(probed))*m.rng.Float64()*m.rng.Float64())]
		start := m.second()
		for range 1 + int(3*m.rng.Float64()*m.rng.Float64()) {
			host := s.to[m.rng.IntN(len(s.to))]
			if slices.Contains(host.Open, at.port) {
				continue
			}
			m.add(Conversation{
				Start: start, Client: source, ClientPort: port, Server: host.Addr, ServerPort: at.port,
				Protocol: at.protocol, Outcome: m.site.unexpected(host), Sent: probe(at.protocol),
			})
		}
	}
}

// unexpected returns the outcome of a packet to a closed port of a public host. A NAT gateway has no security group: its
// log says ACCEPT although it drops the packet.
func (s *Site) unexpected(h *Host) Outcome {
	if h == s.nat {
		return Unanswered
	}
	return Rejected
}
