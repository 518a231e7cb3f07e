// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("external_port_scan", func(shop, platform *Site) []*Script {
	return []*Script{
		portScan(shop), slowPortScan(platform),
		nineteenPorts(platform), busyBrowser(shop), backscatter(shop), backscatterFlags(platform), publicIPv6Scan(platform),
	}
})

func portScan(s *Site) *Script {
	source, target := addr("45.203.0.113"), s.addr("web-1")
	script := &Script{
		Name: "external-port-scan", Site: s.Name, At: at(8, 10, 0),
		Summary: "ports 1 to 250 of a web server, one per second; 80 is open, the rest is rejected",
		Alerts: []Alert{
			{Rule: "external_port_scan", Source: source, Updated: 1},
			{Rule: "new_exposed_service", Source: s.addr("web-1"), Destination: source, Why: "visitors use port 443 only"},
		},
	}
	for port := 1; port <= 250; port++ {
		if port == 80 {
			script.connect(port, source, target, service{80, tcp}, fetch)
			continue
		}
		script.try(port, source, target, service{uint16(port), tcp}, Rejected)
	}
	return script
}

func slowPortScan(s *Site) *Script {
	source := addr("95.203.0.113")
	script := &Script{
		Name: "slow-port-scan", Site: s.Name, At: at(8, 12, 30),
		Summary: "twenty ports in nine and a half minutes, spread over three hosts: exactly the threshold",
		Alerts:  []Alert{{Rule: "external_port_scan", Source: source}},
	}
	targets := s.addrs("alb-1", "alb-2", "bastion")
	for i := range 20 {
		script.try(30*i, source, targets[i%3], service{uint16(8000 + 11*i), tcp}, Rejected)
	}
	return script
}

func nineteenPorts(s *Site) *Script {
	script := &Script{
		Name: "nineteen-ports", Site: s.Name, At: at(9, 8, 30),
		Summary: "a source tries nineteen ports of one host",
		Silent:  []string{"external_port_scan"},
	}
	for i := range 19 {
		script.try(10*i, addr("107.203.0.113"), s.addr("bastion"), service{uint16(8000 + i), tcp}, Rejected)
	}
	return script
}

func busyBrowser(s *Site) *Script {
	script := &Script{
		Name: "busy-browser", Site: s.Name, At: at(8, 18, 0),
		Summary: "one visitor opens sixty connections in five minutes; the web server's replies go to sixty ports",
		Silent:  []string{"external_port_scan", "unusual_country"},
	}
	for i := range 60 {
		script.connect(5*i, addr("86.203.0.113"), s.addr("web-1"), https, fetch)
	}
	return script
}

// Backscatter is the replies of a host under attack to SYNs with a forged source address, which is one of ours.

func backscatter(s *Site) *Script {
	script := &Script{
		Name: "backscatter", Site: s.Name, At: at(8, 19, 0),
		Summary: "a host under attack replies to SYNs with our address as a forged source: thirty rejected packets from its port 443",
		Silent:  []string{"external_port_scan"},
	}
	for i := range 30 {
		script.reply(4*i, addr("157.203.0.113"), 443, s.addr("web-1"), 51000+uint16(37*i))
	}
	return script
}

func backscatterFlags(s *Site) *Script {
	script := &Script{
		Name: "backscatter-flags", Site: s.Name, At: at(8, 19, 30),
		Summary: "the same to thirty low ports, which would look like a scan if tcp-flags did not show SYN-ACK",
		Silent:  []string{"external_port_scan"},
	}
	for i := range 30 {
		script.reply(4*i, addr("157.203.0.113"), 443, s.addr("bastion"), 500+uint16(7*i))
	}
	return script
}

func publicIPv6Scan(s *Site) *Script {
	script := &Script{
		Name: "public-ipv6-scan", Site: s.Name, At: at(8, 14, 30),
		Summary: "a scan of forty ports of a load balancer's public IPv6 address; neither side is internal unless internal_networks names the address block",
		Silent:  []string{"external_port_scan"},
	}
	script.tryPorts(addr("2003:c7::203:113"), s.byName["alb-1"].Public6, 40, Rejected)
	return script
}
