// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("rejected_internal_scan", func(shop, _ *Site) []*Script {
	return []*Script{spreadScan(shop), vulnerabilityScanner(shop)}
})

func spreadScan(s *Site) *Script {
	source := s.addr("dev-1")
	script := &Script{
		Name: "spread-internal-scan", Site: s.Name, At: at(9, 10, 0),
		Summary: "a development host tries nine ports on each of three application hosts: too few ports and hosts for any other scan rule",
		Alerts:  []Alert{{Rule: "rejected_internal_scan", Source: source}},
	}
	for i := range 27 {
		target := s.addrs("app-1", "app-2", "app-3")[i%3]
		script.try(20*i, source, target, service{uint16(7100 + i/3), tcp}, Rejected)
	}
	return script
}

func vulnerabilityScanner(s *Site) *Script {
	script := &Script{
		Name: "vulnerability-scanner", Site: s.Name, At: at(8, 2, 30),
		Summary: "a scanner on the backup server tries 24 closed ports of an application host, and those of another host fifteen minutes later",
		Silent:  []string{"rejected_internal_scan", "internal_port_scan"},
	}
	for host, target := range s.addrs("app-1", "app-2") {
		for i := range 24 {
			script.try(900*host+5*i, s.addr("backup"), target, service{uint16(9001 + i), tcp}, Rejected)
		}
	}
	return script
}
