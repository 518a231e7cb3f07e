// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("internal_sweep", func(shop, platform *Site) []*Script {
	return []*Script{internalWorm(shop), unusedAddresses(platform), nineClosedPorts(platform), inventoryScan(shop)}
})

func internalWorm(s *Site) *Script {
	source := s.addr("monitor")
	script := &Script{
		Name: "internal-worm", Site: s.Name, At: at(9, 13, 40),
		Summary: "somebody uses the monitor, which polls every host, to try port 445 of fifteen of them; all ports are closed",
		Alerts:  []Alert{{Rule: "internal_sweep", Source: source, Port: 445}},
	}
	for i, target := range s.all("monitor", "standby", "db-1", "cache")[:15] {
		script.try(4*i, source, target, smb, Refused)
	}
	return script
}

func unusedAddresses(s *Site) *Script {
	source := s.addr("win-2")
	script := &Script{
		Name: "unused-addresses", Site: s.Name, At: at(9, 14, 20),
		Summary: "a Windows host tries remote desktop of twelve addresses next to it; nobody has these addresses",
		Alerts:  []Alert{{Rule: "internal_sweep", Source: source, Port: 3389}},
	}
	for i := range 12 {
		script.try(10*i, source, nextTo(source, 100+i), rdp, Unanswered)
	}
	return script
}

func nineClosedPorts(s *Site) *Script {
	script := &Script{
		Name: "nine-closed-ports", Site: s.Name, At: at(9, 15, 10),
		Summary: "the monitor tries a port of nine hosts that has just been closed",
		Silent:  []string{"internal_sweep"},
	}
	for i, target := range s.all("monitor", "standby", "nat", "rds", "resolver")[:9] {
		script.try(10*i, s.addr("monitor"), target, appHTTP, Refused)
	}
	return script
}

func inventoryScan(s *Site) *Script {
	script := &Script{
		Name: "inventory", Site: s.Name, At: at(9, 16, 20),
		Summary: "the monitor reads an inventory from fifteen hosts, and all answer",
		Silent:  []string{"internal_sweep"},
	}
	for i, target := range s.all("monitor", "standby", "db-1", "cache")[:15] {
		script.connect(10*i, s.addr("monitor"), target, appTLS, fetch)
	}
	return script
}
