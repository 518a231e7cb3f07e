// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// outbound is data and calls that leave for where they should not.
func outbound(shop, platform *Site) []*Script {
	return []*Script{
		exfiltration(shop), slowExfiltration(platform),
		newCountry(shop), newCountryThroughNAT(platform),
		dnsTunnel(shop), internalDNSOverTCP(platform),
	}
}

func exfiltration(s *Site) *Script {
	source, target := s.addr("db-1"), addr("104.203.0.113")
	script := &Script{
		Name: "exfiltration", Site: s.Name, At: at(8, 22, 30),
		Summary: "the database sends 60 MB to a host in a country everybody uses, in twenty minutes",
		Alerts:  []Alert{{Rule: largeOutboundTransfer, Source: source, Destination: target}},
	}
	script.connect(0, source, target, https, exchange{Volume{41000, 60_000_000}, Volume{20500, 1_066_000}, 1200})
	return script
}

func slowExfiltration(s *Site) *Script {
	source, target := s.addr("etl"), addr("116.203.0.113")
	script := &Script{
		Name: "slow-exfiltration", Site: s.Name, At: at(9, 18, 30),
		Summary: "the data loader sends 24 MB in fifty-five minutes, in twelve connections of 2 MB",
		Alerts: []Alert{
			{Rule: largeOutboundTransfer, Source: source, Destination: target},
			throughNAT(s, largeOutboundTransfer, target),
		},
	}
	for i := range 12 {
		script.connect(300*i, source, target, https, exchange{Volume{1400, 2_000_000}, Volume{700, 36_400}, 50})
	}
	return script
}

func newCountry(s *Site) *Script {
	source, target := s.addr("app-1"), addr("101.203.0.113")
	script := &Script{
		Name: "new-country", Site: s.Name, At: at(8, 15, 20),
		Summary: "an application host calls a host in Japan, where the company has no business",
		Alerts:  []Alert{{Rule: unusualCountry, Source: source, Destination: target, Country: "JP"}},
	}
	script.connect(0, source, target, https, fetch)
	return script
}

func newCountryThroughNAT(s *Site) *Script {
	source, target := s.addr("catalog-2"), addr("177.203.0.113")
	script := &Script{
		Name: "new-country-nat", Site: s.Name, At: at(8, 16, 40),
		Summary: "a service calls a host in Brazil through the NAT gateway: one alert, whoever's record comes first",
		Alerts:  []Alert{{Rule: unusualCountry, Destination: target, Country: "BR"}},
	}
	script.connect(0, source, target, https, fetch)
	return script
}

func dnsTunnel(s *Site) *Script {
	source, target := s.addr("app-3"), addr("178.203.0.113")
	script := &Script{
		Name: "dns-tunnel", Site: s.Name, At: at(8, 16, 0),
		Summary: "an application host speaks TCP at port 53 of a host on the Internet, twelve times in an hour",
		Alerts:  []Alert{{Rule: dnsNotOverUDP, Source: source, Destination: target, Updated: 1}},
	}
	for i := range 12 {
		script.connect(300*i, source, target, service{53, tcp}, exchange{Volume{14, 9800}, Volume{12, 2100}, 4})
	}
	return script
}

func internalDNSOverTCP(s *Site) *Script {
	source, target := s.addr("orders-1"), s.addr("resolver")
	script := &Script{
		Name: "dns-over-tcp", Site: s.Name, At: at(8, 17, 30),
		Summary: "a service asks the network's own resolver over TCP, once",
		Alerts:  []Alert{{Rule: dnsNotOverUDP, Source: source, Destination: target}},
	}
	script.connect(0, source, target, service{53, tcp}, exchange{Volume{6, 420}, Volume{5, 2900}, 0})
	return script
}
