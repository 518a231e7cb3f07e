// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("excessive_inbound_icmp", func(shop, platform *Site) []*Script {
	return []*Script{pingFlood(shop), pingTwoHosts(platform), pingBelow(platform)}
})

func pingFlood(s *Site) *Script {
	source := addr("78.203.0.113")
	script := &Script{
		Name: "ping-flood", Site: s.Name, At: at(9, 9, 0),
		Summary: "3,000 echo requests in four minutes, all answered",
		Alerts:  []Alert{{Rule: "excessive_inbound_icmp", Source: source}},
	}
	script.ping(0, source, s.addr("web-2"), 3000, 239)
	return script
}

func pingTwoHosts(s *Site) *Script {
	source := addr("84.203.0.113")
	script := &Script{
		Name: "ping-two-hosts", Site: s.Name, At: at(9, 11, 30),
		Summary: "500 echo requests to each of two hosts in four minutes: together exactly the threshold",
		Alerts:  []Alert{{Rule: "excessive_inbound_icmp", Source: source}},
	}
	script.ping(0, source, s.addr("alb-1"), 500, 119)
	script.ping(120, source, s.addr("alb-2"), 500, 119)
	return script
}

func pingBelow(s *Site) *Script {
	script := &Script{
		Name: "ping-below", Site: s.Name, At: at(9, 12, 10),
		Summary: "999 echo requests in four minutes",
		Silent:  []string{"excessive_inbound_icmp"},
	}
	script.ping(0, addr("77.203.0.113"), s.addr("alb-1"), 999, 239)
	return script
}
