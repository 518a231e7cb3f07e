// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "slices"

// inboundDecoys is what comes from the Internet and looks worse than it is.
func inboundDecoys(shop, platform *Site) []*Script {
	web, jump, bastion := shop.addr("web-1"), shop.addr("jump"), platform.addr("bastion")

	browser := &Script{
		Name: "busy-browser", Site: shop.Name, At: at(8, 18, 0),
		Summary: "one visitor opens sixty connections in five minutes; the web server's answers go to sixty ports",
		Silent:  []string{externalPortScan, unusualCountry},
	}
	for i := range 60 {
		browser.connect(5*i, addr("86.203.0.113"), web, https, fetch)
	}

	backscatter := &Script{
		Name: "backscatter", Site: shop.Name, At: at(8, 19, 0),
		Summary: "a host under attack answers SYNs that someone forged with our address: thirty rejected packets from its port 443",
		Silent:  []string{externalPortScan},
	}
	backscatterFlags := &Script{
		Name: "backscatter-flags", Site: platform.Name, At: at(8, 19, 30),
		Summary: "the same at thirty low ports, which would make it a scan but for tcp-flags, which say SYN-ACK",
		Silent:  []string{externalPortScan},
	}
	for i := range 30 {
		backscatter.conversations = append(backscatter.conversations, Conversation{
			Start: int64(4 * i), Client: addr("157.203.0.113"), ClientPort: 443, Server: web, ServerPort: 51000 + uint16(37*i),
			Protocol: tcp, Outcome: Unsolicited, Sent: Volume{1, 44},
		})
		backscatterFlags.conversations = append(backscatterFlags.conversations, Conversation{
			Start: int64(4 * i), Client: addr("157.203.0.113"), ClientPort: 443, Server: bastion, ServerPort: 500 + uint16(7*i),
			Protocol: tcp, Outcome: Unsolicited, Sent: Volume{1, 44},
		})
	}

	nineteen := &Script{
		Name: "nineteen-ports", Site: platform.Name, At: at(9, 8, 30),
		Summary: "a source tries nineteen ports of one host",
		Silent:  []string{externalPortScan},
	}
	for i := range 19 {
		nineteen.try(10*i, addr("107.203.0.113"), bastion, service{uint16(8000 + i), tcp}, Rejected)
	}

	nine := &Script{
		Name: "nine-hosts", Site: shop.Name, At: at(9, 8, 0),
		Summary: "a source tries Telnet on nine hosts",
		Silent:  []string{externalRejectSweep},
	}
	for i, host := range shop.public()[:9] {
		nine.try(10*i, addr("41.198.51.100"), host.Addr, service{23, tcp}, Rejected)
	}

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

	listed := &Script{
		Name: "listed-visitor", Site: shop.Name, At: at(9, 12, 30),
		Summary: "an address of the threat list is rejected at SSH three times and reads the public web site, which answers",
		Silent:  []string{maliciousRemoteAccess, suspiciousDestination, unusualCountry, remoteServiceRejects},
	}
	for i := range 3 {
		listed.try(20*i, addr("91.203.0.113"), jump, ssh, Rejected)
	}
	listed.connect(90, addr("91.203.0.113"), web, https, fetch)

	pings := &Script{
		Name: "ping-below", Site: platform.Name, At: at(9, 12, 10),
		Summary: "999 echo requests in four minutes",
		Silent:  []string{excessiveInboundICMP},
	}
	pings.ping(0, addr("77.203.0.113"), platform.addr("alb-1"), 999, 239)

	outside := &Script{
		Name: "public-ipv6-scan", Site: platform.Name, At: at(8, 14, 30),
		Summary: "forty ports of a load balancer's public IPv6 address are scanned; neither side is internal unless internal_networks names the address block",
		Silent:  []string{externalPortScan},
	}
	scanPorts(outside, addr("2003:c7::203:113"), platform.byName["alb-1"].Public6, 40, Rejected)

	return []*Script{browser, backscatter, backscatterFlags, nineteen, nine, four, after, listed, pings, outside}
}

// internalDecoys is internal traffic that looks worse than it is.
func internalDecoys(shop, platform *Site) []*Script {
	scanner := &Script{
		Name: "vulnerability-scanner", Site: shop.Name, At: at(8, 2, 30),
		Summary: "a scanner on the backup server checks that 24 ports of an application host are closed, a quarter of an hour later those of the next host",
		Silent:  []string{rejectedInternalScan, internalPortScan},
	}
	for i := range 24 {
		at := service{uint16(9001 + i), tcp}
		scanner.try(5*i, shop.addr("backup"), shop.addr("app-1"), at, Rejected)
		scanner.try(900+5*i, shop.addr("backup"), shop.addr("app-2"), at, Rejected)
	}
	slices.SortStableFunc(scanner.conversations, func(a, b Conversation) int { return int(a.Start - b.Start) })

	turned := &Script{
		Name: "turned-away", Site: platform.Name, At: at(8, 10, 10),
		Summary: "a runner tries the database six times at SSH: its own interface says ACCEPT, the database's says REJECT, so nobody was let in",
		Silent:  []string{newInternalPeer, remoteServiceBruteForce},
	}
	for i := range 6 {
		turned.try(40*i, platform.addr("runner"), platform.addr("rds"), ssh, Rejected)
	}

	nine := &Script{
		Name: "nine-internal-hosts", Site: platform.Name, At: at(9, 9, 0),
		Summary: "the data loader tries an agent's port on nine hosts that reject it",
		Silent:  []string{internalRejectSweep},
	}
	for i, target := range platform.all("etl", "nat")[:9] {
		nine.try(5*i, platform.addr("etl"), target, service{10050, tcp}, Rejected)
	}
	return []*Script{scanner, turned, nine}
}

// outboundDecoys is traffic that leaves and looks worse than it is.
func outboundDecoys(shop, platform *Site) []*Script {
	limit := &Script{
		Name: "upload-at-the-limit", Site: shop.Name, At: at(8, 23, 0),
		Summary: "exactly 20,000,000 bytes leave for one address within an hour; only more is too much",
		Silent:  []string{largeOutboundTransfer},
	}
	for i := range 2 {
		limit.connect(900*i, shop.addr("backup"), vaultFR[0], https, exchange{Volume{7000, 10_000_000}, Volume{3500, 182_000}, 300})
	}

	download := &Script{
		Name: "big-download", Site: shop.Name, At: at(9, 19, 0),
		Summary: "a visitor downloads 80 MB from the web server: large, but an answer",
		Silent:  []string{largeOutboundTransfer, unusualCountry},
	}
	download.connect(0, addr("86.198.51.100"), shop.addr("web-2"), https, exchange{Volume{27000, 1_404_000}, Volume{54000, 80_000_000}, 600})

	transfer := &Script{
		Name: "zone-transfer", Site: shop.Name, At: at(8, 20, 0),
		Summary: "a secondary name server fetches a zone from ours over TCP; the answers come from port 53",
		Silent:  []string{dnsNotOverUDP},
	}
	transfer.connect(0, addr("194.203.0.113"), shop.addr("ns"), service{53, tcp}, fetch)

	scan := &Script{
		Name: "outbound-scan-answers", Site: platform.Name, At: at(8, 21, 0),
		Summary: "a runner tries forty ports of its source code host, whose RST answers go to forty ports of ours: the answers are nobody's scan",
		Silent:  []string{externalPortScan, newInternalPeer, suspiciousDestination, unusualCountry},
	}
	scanPorts(scan, platform.addr("runner"), gitUS[0], 40, Refused)

	hop := &Script{
		Name: "counted-once", Site: platform.Name, At: at(9, 22, 0),
		Summary: "a runner sends 15 MB; the NAT gateway logs the same packets again, 30 MB if they were counted twice",
		Silent:  []string{largeOutboundTransfer},
	}
	hop.connect(0, platform.addr("runner"), gitUS[0], https, exchange{Volume{10400, 15_000_000}, Volume{5200, 270_400}, 400})

	return []*Script{limit, download, transfer, scan, hop}
}
