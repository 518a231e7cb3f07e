// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("external_sweep", func(shop, _ *Site) []*Script {
	return []*Script{openPartnerLine(shop), exposedSNMP(shop), nineteenOpenHosts(shop)}
})

func openPartnerLine(s *Site) *Script {
	source := addr("62.203.0.113")
	script := &Script{
		Name: "open-partner-line", Site: s.Name, At: at(9, 21, 30),
		Summary: "a partner's host, connected over a VPN, reaches port 8080 of 21 hosts; their security groups let it in, but none answers",
		Alerts:  []Alert{{Rule: "external_sweep", Source: source, Port: 8080}},
	}
	for i, target := range s.all("standby") {
		script.try(8*i, source, target, appHTTP, Unanswered)
	}
	return script
}

func exposedSNMP(s *Site) *Script {
	source := addr("63.203.0.113")
	script := &Script{
		Name: "exposed-snmp", Site: s.Name, At: at(8, 6, 10),
		Summary: "one source reaches SNMP, over UDP, of twenty hosts in nine and a half minutes: exactly the threshold",
		Alerts:  []Alert{{Rule: "external_sweep", Source: source, Port: 161}},
	}
	for i, target := range s.all("standby")[:20] {
		script.try(30*i, source, target, snmp, Unanswered)
	}
	return script
}

func nineteenOpenHosts(s *Site) *Script {
	script := &Script{
		Name: "nineteen-open-hosts", Site: s.Name, At: at(8, 7, 0),
		Summary: "another host of the partner reaches port 8080 of nineteen hosts",
		Silent:  []string{"external_sweep"},
	}
	for i, target := range s.all("standby")[:19] {
		script.try(8*i, addr("62.198.51.100"), target, appHTTP, Unanswered)
	}
	return script
}
