// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("external_reject_sweep", func(shop, _ *Site) []*Script {
	return []*Script{telnetSweep(shop), desktopSweep(shop), nineHosts(shop)}
})

func telnetSweep(s *Site) *Script {
	source := addr("41.203.0.113")
	script := &Script{
		Name: "telnet-sweep", Site: s.Name, At: at(8, 9, 10),
		Summary: "one source tries Telnet on all thirteen public hosts, which reject it",
		Alerts:  []Alert{{Rule: "external_reject_sweep", Source: source}},
	}
	for i, host := range s.public() {
		script.try(10*i, source, host.Addr, telnet, Rejected)
	}
	return script
}

func desktopSweep(s *Site) *Script {
	source := addr("190.203.0.113")
	script := &Script{
		Name: "remote-desktop-sweep", Site: s.Name, At: at(9, 15, 0),
		Summary: "one source tries Remote Desktop on all thirteen public hosts, which reject it",
		Alerts: []Alert{
			{Rule: "external_reject_sweep", Source: source},
			{Rule: "remote_service_rejects", Source: source, Why: "each of the thirteen attempts is at port 3389"},
		},
	}
	for i, host := range s.public() {
		script.try(20*i, source, host.Addr, rdp, Rejected)
	}
	return script
}

func nineHosts(s *Site) *Script {
	script := &Script{
		Name: "nine-hosts", Site: s.Name, At: at(9, 8, 0),
		Summary: "a source tries Telnet on nine hosts",
		Silent:  []string{"external_reject_sweep"},
	}
	for i, host := range s.public()[:9] {
		script.try(10*i, addr("41.198.51.100"), host.Addr, telnet, Rejected)
	}
	return script
}
