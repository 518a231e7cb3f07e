// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("dns_not_over_udp", func(shop, platform *Site) []*Script {
	return []*Script{dnsTunnel(shop), internalDNSOverTCP(platform), zoneTransfer(shop)}
})

func dnsTunnel(s *Site) *Script {
	source, target := s.addr("app-3"), addr("178.203.0.113")
	script := &Script{
		Name: "dns-tunnel", Site: s.Name, At: at(8, 16, 0),
		Summary: "an application host connects to TCP port 53 of a host on the Internet, twelve times in an hour",
		Alerts:  []Alert{{Rule: "dns_not_over_udp", Source: source, Destination: target, Updated: 1}},
	}
	for i := range 12 {
		script.connect(300*i, source, target, dnsTCP, exchange{Volume{14, 9800}, Volume{12, 2100}, 4})
	}
	return script
}

func internalDNSOverTCP(s *Site) *Script {
	source, target := s.addr("orders-1"), s.addr("resolver")
	script := &Script{
		Name: "dns-over-tcp", Site: s.Name, At: at(8, 17, 30),
		Summary: "a service queries the VPC's own resolver over TCP, once",
		Alerts:  []Alert{{Rule: "dns_not_over_udp", Source: source, Destination: target}},
	}
	script.connect(0, source, target, dnsTCP, exchange{Volume{6, 420}, Volume{5, 2900}, 0})
	return script
}

func zoneTransfer(s *Site) *Script {
	script := &Script{
		Name: "zone-transfer", Site: s.Name, At: at(8, 20, 0),
		Summary: "a secondary name server fetches a zone over TCP from the shop's name server; the replies come from port 53",
		Silent:  []string{"dns_not_over_udp"},
	}
	script.connect(0, addr("194.203.0.113"), s.addr("ns"), dnsTCP, fetch)
	return script
}
