// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("internal_reject_sweep", func(shop, platform *Site) []*Script {
	return []*Script{workstationSweep(shop), worm(platform), sweepIPv6(platform), nineInternalHosts(platform)}
})

func workstationSweep(s *Site) *Script {
	source := workstations[6]
	script := &Script{
		Name: "workstation-sweep", Site: s.Name, At: at(9, 11, 0),
		Summary: "a workstation in the office tries file sharing (445) on twelve hosts; only the hosts' interfaces log it",
		Alerts:  []Alert{{Rule: "internal_reject_sweep", Source: source}},
	}
	for i, host := range s.Hosts[:12] {
		script.try(15*i, source, host.Addr, smb, Rejected)
	}
	return script
}

func worm(s *Site) *Script {
	source := s.addr("win-1")
	script := &Script{
		Name: "worm", Site: s.Name, At: at(8, 13, 0),
		Summary: "a Windows host tries file sharing and Remote Desktop on fourteen other hosts",
		Alerts: []Alert{
			{Rule: "internal_reject_sweep", Source: source},
			{Rule: "rejected_internal_scan", Source: source, Why: "fourteen hosts and two ports make 28 attempts"},
			{Rule: "remote_service_rejects", Source: source, Why: "fourteen of the attempts are at port 3389"},
		},
	}
	for i, target := range s.all("win-1", "nat", "standby", "alb-1", "alb-2")[:14] {
		script.try(8*i, source, target, smb, Rejected)
		script.try(8*i+3, source, target, rdp, Rejected)
	}
	return script
}

func sweepIPv6(s *Site) *Script {
	source := s.byName["catalog-2"].Addr6
	script := &Script{
		Name: "internal-sweep-ipv6", Site: s.Name, At: at(9, 9, 45),
		Summary: "a service tries SSH on ten hosts over IPv6: exactly the threshold",
		Alerts: []Alert{
			{Rule: "internal_reject_sweep", Source: source},
			{Rule: "remote_service_rejects", Source: source, Why: "all ten attempts are at port 22"},
		},
	}
	names := []string{"alb-1", "alb-2", "resolver", "orders-1", "orders-2", "catalog-1", "payments", "rds", "kafka", "monitor"}
	for i, target := range s.addrs6(names...) {
		script.try(50*i, source, target, ssh, Rejected)
	}
	return script
}

func nineInternalHosts(s *Site) *Script {
	script := &Script{
		Name: "nine-internal-hosts", Site: s.Name, At: at(9, 9, 0),
		Summary: "the data loader tries a monitoring agent's port on nine hosts, which reject it",
		Silent:  []string{"internal_reject_sweep"},
	}
	for i, target := range s.all("etl", "nat")[:9] {
		script.try(5*i, s.addr("etl"), target, service{10050, tcp}, Rejected)
	}
	return script
}
