// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// belowThresholds is what stops just short of firing a rule.
func belowThresholds(shop, platform *Site) []*Script {
	nine := &Script{
		Name: "nine-hosts", Site: shop.Name, At: at(9, 8, 0),
		Summary: "a source tries Telnet on nine hosts",
		Silent:  []string{externalRejectSweep},
	}
	for i, host := range shop.public()[:9] {
		nine.try(10*i, addr("41.198.51.100"), host.Addr, service{23, tcp}, Rejected)
	}

	nineInside := &Script{
		Name: "nine-internal-hosts", Site: platform.Name, At: at(9, 9, 0),
		Summary: "the data loader tries an agent's port on nine hosts that reject it",
		Silent:  []string{internalRejectSweep},
	}
	for i, target := range platform.all("etl", "nat")[:9] {
		nineInside.try(5*i, platform.addr("etl"), target, service{10050, tcp}, Rejected)
	}

	nineteen := &Script{
		Name: "nineteen-ports", Site: platform.Name, At: at(9, 8, 30),
		Summary: "a source tries nineteen ports of one host",
		Silent:  []string{externalPortScan},
	}
	for i := range 19 {
		nineteen.try(10*i, addr("107.203.0.113"), platform.addr("bastion"), service{uint16(8000 + i), tcp}, Rejected)
	}

	pings := &Script{
		Name: "ping-below", Site: platform.Name, At: at(9, 12, 10),
		Summary: "999 echo requests in four minutes",
		Silent:  []string{excessiveInboundICMP},
	}
	pings.ping(0, addr("77.203.0.113"), platform.addr("alb-1"), 999, 239)

	return []*Script{nine, nineInside, nineteen, pings, portCheck(shop), uploadAtTheLimit(shop)}
}

func portCheck(s *Site) *Script {
	script := &Script{
		Name: "vulnerability-scanner", Site: s.Name, At: at(8, 2, 30),
		Summary: "a scanner on the backup server checks that 24 ports of an application host are closed, a quarter of an hour later those of the next host",
		Silent:  []string{rejectedInternalScan, internalPortScan},
	}
	for host, target := range s.addrs("app-1", "app-2") {
		for i := range 24 {
			script.try(900*host+5*i, s.addr("backup"), target, service{uint16(9001 + i), tcp}, Rejected)
		}
	}
	return script
}

func uploadAtTheLimit(s *Site) *Script {
	script := &Script{
		Name: "upload-at-the-limit", Site: s.Name, At: at(8, 23, 0),
		Summary: "exactly 20,000,000 bytes leave for one address within an hour; only more is too much",
		Silent:  []string{largeOutboundTransfer},
	}
	for i := range 2 {
		script.connect(900*i, s.addr("backup"), vaultFR[0], https, exchange{Volume{7000, 10_000_000}, Volume{3500, 182_000}, 300})
	}
	return script
}

// failedLogins is failures on remote service ports that are too few, or in the wrong order, or nobody's success.
func failedLogins(shop, platform *Site) []*Script {
	jump, bastion := shop.addr("jump"), platform.addr("bastion")
	four := &Script{
		Name: "four-failures", Site: shop.Name, At: at(9, 14, 10),
		Summary: "four rejected tries at SSH, then one that is let in",
		Silent:  []string{remoteServiceBruteForce, remoteServiceRejects},
	}
	for i := range 4 {
		four.try(30*i, addr("87.198.51.100"), jump, ssh, Rejected)
	}
	four.connect(150, addr("87.198.51.100"), jump, ssh, session)

	after := &Script{
		Name: "failures-after-success", Site: platform.Name, At: at(9, 13, 40),
		Summary: "a login at SSH and then nine rejected tries: failures after the success do not count, and nine are no rate",
		Silent:  []string{remoteServiceBruteForce, remoteServiceRejects},
	}
	after.connect(0, addr("62.198.51.100"), bastion, ssh, session)
	for i := range 9 {
		after.try(120+30*i, addr("62.198.51.100"), bastion, ssh, Rejected)
	}

	turned := &Script{
		Name: "turned-away", Site: platform.Name, At: at(8, 10, 10),
		Summary: "a runner tries the database six times at SSH: its own interface says ACCEPT, the database's says REJECT, so nobody was let in",
		Silent:  []string{newInternalPeer, remoteServiceBruteForce},
	}
	for i := range 6 {
		turned.try(40*i, platform.addr("runner"), platform.addr("rds"), ssh, Rejected)
	}

	listed := &Script{
		Name: "listed-visitor", Site: shop.Name, At: at(9, 12, 30),
		Summary: "an address of the threat list is rejected at SSH three times and reads the public web site, which answers",
		Silent:  []string{maliciousRemoteAccess, suspiciousDestination, unusualCountry, remoteServiceRejects},
	}
	for i := range 3 {
		listed.try(20*i, addr("91.203.0.113"), jump, ssh, Rejected)
	}
	listed.connect(90, addr("91.203.0.113"), shop.addr("web-1"), https, fetch)

	return []*Script{four, after, turned, listed}
}
