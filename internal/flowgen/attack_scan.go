// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "net/netip"

// externalScans are scans of our public hosts from the Internet.
func externalScans(shop, platform *Site) []*Script {
	return []*Script{
		telnetSweep(shop), desktopSweep(shop), portScan(shop), slowPortScan(platform),
	}
}

func telnetSweep(s *Site) *Script {
	source := addr("41.203.0.113")
	script := &Script{
		Name: "telnet-sweep", Site: s.Name, At: at(8, 9, 10),
		Summary: "one source tries Telnet on all thirteen public hosts, which reject it",
		Alerts:  []Alert{{Rule: externalRejectSweep, Source: source}},
	}
	for i, host := range s.public() {
		script.try(10*i, source, host.Addr, service{23, tcp}, Rejected)
	}
	return script
}

func desktopSweep(s *Site) *Script {
	source := addr("190.203.0.113")
	script := &Script{
		Name: "remote-desktop-sweep", Site: s.Name, At: at(9, 15, 0),
		Summary: "one source tries Remote Desktop on all thirteen public hosts, which reject it",
		Alerts: []Alert{
			{Rule: externalRejectSweep, Source: source},
			{Rule: remoteServiceRejects, Source: source, Why: "each of the thirteen tries is one at port 3389"},
		},
	}
	for i, host := range s.public() {
		script.try(20*i, source, host.Addr, rdp, Rejected)
	}
	return script
}

func portScan(s *Site) *Script {
	source, target := addr("45.203.0.113"), s.byName["web-1"]
	script := &Script{
		Name: "external-port-scan", Site: s.Name, At: at(8, 10, 0),
		Summary: "ports 1 to 250 of a web server, one a second; 80 is open, the rest is rejected",
		Alerts:  []Alert{{Rule: externalPortScan, Source: source, Updated: 1}},
	}
	for port := 1; port <= 250; port++ {
		if port == 80 {
			script.connect(port, source, target.Addr, service{80, tcp}, fetch)
			continue
		}
		script.try(port, source, target.Addr, service{uint16(port), tcp}, Rejected)
	}
	return script
}

func slowPortScan(s *Site) *Script {
	source := addr("95.203.0.113")
	script := &Script{
		Name: "slow-port-scan", Site: s.Name, At: at(8, 12, 30),
		Summary: "twenty ports in nine and a half minutes, turn by turn on three hosts: just enough",
		Alerts:  []Alert{{Rule: externalPortScan, Source: source}},
	}
	targets := s.addrs("alb-1", "alb-2", "bastion")
	for i := range 20 {
		script.try(30*i, source, targets[i%3], service{uint16(8000 + 11*i), tcp}, Rejected)
	}
	return script
}

// internalScans are scans of internal hosts by internal hosts.
func internalScans(shop, platform *Site) []*Script {
	return []*Script{
		spreadScan(shop), workstationSweep(shop), unseenRejectScan(shop),
		internalScan(platform), internalScanIPv6(platform), worm(platform), sweepIPv6(platform),
	}
}

func spreadScan(s *Site) *Script {
	source := s.addr("dev-1")
	script := &Script{
		Name: "spread-internal-scan", Site: s.Name, At: at(9, 10, 0),
		Summary: "a development host tries nine ports on each of three application hosts: too few ports and hosts for any other scan rule",
		Alerts:  []Alert{{Rule: rejectedInternalScan, Source: source}},
	}
	for i := range 27 {
		target := s.addrs("app-1", "app-2", "app-3")[i%3]
		script.try(20*i, source, target, service{uint16(7100 + i/3), tcp}, Rejected)
	}
	return script
}

func workstationSweep(s *Site) *Script {
	source := workstations[6]
	script := &Script{
		Name: "workstation-sweep", Site: s.Name, At: at(9, 11, 0),
		Summary: "a workstation in the office tries file sharing (445) on twelve hosts; only the hosts' interfaces log it",
		Alerts:  []Alert{{Rule: internalRejectSweep, Source: source}},
	}
	for i, host := range s.Hosts[:12] {
		script.try(15*i, source, host.Addr, service{445, tcp}, Rejected)
	}
	return script
}

func unseenRejectScan(s *Site) *Script {
	source, target := s.addr("dev-3"), s.addr("cache")
	script := &Script{
		Name: "internal-port-scan-v2", Site: s.Name, At: at(9, 12, 0),
		Summary: "a development host tries sixty ports of the cache; both interfaces log it, in a format without directions",
		Alerts: []Alert{
			{Rule: internalPortScan, Source: source, Destination: target},
			{Rule: rejectedInternalScan, Source: source, Why: "the cache rejects all sixty"},
			{Rule: newInternalPeer, Source: source, Destination: target, Why: "the sender's interface says ACCEPT, and without flow-direction it is believed"},
		},
	}
	scanPorts(script, source, target, 60, Rejected)
	return script
}

// scanPorts tries ports from 9001 on, one in two seconds.
func scanPorts(script *Script, source, target netip.Addr, ports int, outcome Outcome) {
	for i := range ports {
		script.try(2*i, source, target, service{uint16(9001 + i), tcp}, outcome)
	}
}

func internalScan(s *Site) *Script {
	source, target := s.addr("runner"), s.addr("payments")
	script := &Script{
		Name: "internal-port-scan", Site: s.Name, At: at(8, 9, 30),
		Summary: "a build runner tries 120 ports of the payment service; its own interface says ACCEPT, the service's says REJECT",
		Alerts: []Alert{
			{Rule: internalPortScan, Source: source, Destination: target},
			{Rule: rejectedInternalScan, Source: source, Why: "the service rejects all 120"},
		},
	}
	scanPorts(script, source, target, 120, Rejected)
	return script
}

func internalScanIPv6(s *Site) *Script {
	source, target := s.byName["catalog-1"].Addr6, s.byName["kafka"].Addr6
	script := &Script{
		Name: "internal-port-scan-ipv6", Site: s.Name, At: at(8, 11, 15),
		Summary: "a service scans thirty ports of the queue over IPv6; the ports are closed and answer RST",
		Alerts: []Alert{
			{Rule: internalPortScan, Source: source, Destination: target},
			{Rule: newInternalPeer, Source: source, Destination: target, Why: "the packets are let in, and these two have not talked over IPv6 before"},
		},
	}
	scanPorts(script, source, target, 30, Refused)
	return script
}

func worm(s *Site) *Script {
	source := s.addr("win-1")
	script := &Script{
		Name: "worm", Site: s.Name, At: at(8, 13, 0),
		Summary: "a Windows host tries file sharing and Remote Desktop on fourteen neighbours",
		Alerts: []Alert{
			{Rule: internalRejectSweep, Source: source},
			{Rule: rejectedInternalScan, Source: source, Why: "fourteen hosts times two ports are twenty-eight"},
			{Rule: remoteServiceRejects, Source: source, Why: "fourteen of the tries are at port 3389"},
		},
	}
	for i, target := range s.all("win-1", "nat", "standby", "alb-1", "alb-2")[:14] {
		script.try(8*i, source, target, service{445, tcp}, Rejected)
		script.try(8*i+3, source, target, rdp, Rejected)
	}
	return script
}

func sweepIPv6(s *Site) *Script {
	source := s.byName["catalog-2"].Addr6
	script := &Script{
		Name: "internal-sweep-ipv6", Site: s.Name, At: at(9, 9, 45),
		Summary: "a service tries SSH on ten hosts over IPv6: exactly enough",
		Alerts: []Alert{
			{Rule: internalRejectSweep, Source: source},
			{Rule: remoteServiceRejects, Source: source, Why: "all ten tries are at port 22"},
		},
	}
	names := []string{"alb-1", "alb-2", "resolver", "orders-1", "orders-2", "catalog-1", "payments", "rds", "kafka", "monitor"}
	for i, target := range s.addrs6(names...) {
		script.try(50*i, source, target, ssh, Rejected)
	}
	return script
}
