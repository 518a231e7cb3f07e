// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("large_outbound_transfer", func(shop, platform *Site) []*Script {
	return []*Script{
		exfiltration(shop), slowExfiltration(platform), largeDownload(shop), uploadAtTheLimit(shop), loggedTwice(platform),
	}
})

func exfiltration(s *Site) *Script {
	source, target := s.addr("db-1"), addr("104.203.0.113")
	script := &Script{
		Name: "exfiltration", Site: s.Name, At: at(8, 22, 30),
		Summary: "the database sends 60 MB to a host in a known country within twenty minutes",
		Alerts:  []Alert{{Rule: "large_outbound_transfer", Source: source, Destination: target}},
	}
	script.connect(0, source, target, https, exchange{Volume{41000, 60_000_000}, Volume{20500, 1_066_000}, 1200})
	return script
}

func slowExfiltration(s *Site) *Script {
	source, target := s.addr("etl"), addr("116.203.0.113")
	script := &Script{
		Name: "slow-exfiltration", Site: s.Name, At: at(9, 18, 30),
		Summary: "the data loader sends 24 MB within 55 minutes, in twelve connections of 2 MB",
		Alerts:  []Alert{{Rule: "large_outbound_transfer", Source: source, Destination: target}},
	}
	for i := range 12 {
		script.connect(300*i, source, target, https, exchange{Volume{1400, 2_000_000}, Volume{700, 36_400}, 50})
	}
	return script
}

func largeDownload(s *Site) *Script {
	script := &Script{
		Name: "big-download", Site: s.Name, At: at(9, 19, 0),
		Summary: "a visitor downloads 80 MB from the web server: large, but a reply",
		Silent:  []string{"large_outbound_transfer", "unusual_country"},
	}
	script.connect(0, addr("86.198.51.100"), s.addr("web-2"), https, exchange{Volume{27000, 1_404_000}, Volume{54000, 80_000_000}, 600})
	return script
}

func uploadAtTheLimit(s *Site) *Script {
	script := &Script{
		Name: "upload-at-the-limit", Site: s.Name, At: at(8, 23, 0),
		Summary: "exactly 20,000,000 bytes go to one address within an hour; only more would exceed the threshold",
		Silent:  []string{"large_outbound_transfer"},
	}
	for i := range 2 {
		script.connect(900*i, s.addr("backup"), vaultFR[0], https, exchange{Volume{7000, 10_000_000}, Volume{3500, 182_000}, 300})
	}
	return script
}

func loggedTwice(s *Site) *Script {
	script := &Script{
		Name: "counted-once", Site: s.Name, At: at(9, 22, 0),
		Summary: "a runner sends 15 MB; the NAT gateway logs the same packets again, which would make 30 MB if they were counted twice",
		Silent:  []string{"large_outbound_transfer"},
	}
	script.connect(0, s.addr("runner"), gitUS[0], https, exchange{Volume{10400, 15_000_000}, Volume{5200, 270_400}, 400})
	return script
}
