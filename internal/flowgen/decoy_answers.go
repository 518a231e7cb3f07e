// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// answers is the other half of conversations, which must not be taken for attempts.
func answers(shop, platform *Site) []*Script {
	browser := &Script{
		Name: "busy-browser", Site: shop.Name, At: at(8, 18, 0),
		Summary: "one visitor opens sixty connections in five minutes; the web server's answers go to sixty ports",
		Silent:  []string{externalPortScan, unusualCountry},
	}
	for i := range 60 {
		browser.connect(5*i, addr("86.203.0.113"), shop.addr("web-1"), https, fetch)
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

	return []*Script{browser, download, transfer, scan}
}

// backscatter is the answers of a host under attack to SYNs that someone forged
// with our address, so that nobody asked for them.
func backscatter(shop, platform *Site) []*Script {
	byPorts := &Script{
		Name: "backscatter", Site: shop.Name, At: at(8, 19, 0),
		Summary: "a host under attack answers SYNs that someone forged with our address: thirty rejected packets from its port 443",
		Silent:  []string{externalPortScan},
	}
	byFlags := &Script{
		Name: "backscatter-flags", Site: platform.Name, At: at(8, 19, 30),
		Summary: "the same at thirty low ports, which would make it a scan but for tcp-flags, which say SYN-ACK",
		Silent:  []string{externalPortScan},
	}
	for i := range 30 {
		c := Conversation{
			Start: int64(4 * i), Client: addr("157.203.0.113"), ClientPort: 443, Protocol: tcp, Outcome: Unsolicited, Sent: Volume{1, 44},
		}
		c.Server, c.ServerPort = shop.addr("web-1"), 51000+uint16(37*i)
		byPorts.conversations = append(byPorts.conversations, c)
		c.Server, c.ServerPort = platform.addr("bastion"), 500+uint16(7*i)
		byFlags.conversations = append(byFlags.conversations, c)
	}
	return []*Script{byPorts, byFlags}
}

// unseen is what detection does not count, or not twice.
func unseen(platform *Site) []*Script {
	outside := &Script{
		Name: "public-ipv6-scan", Site: platform.Name, At: at(8, 14, 30),
		Summary: "forty ports of a load balancer's public IPv6 address are scanned; neither side is internal unless internal_networks names the address block",
		Silent:  []string{externalPortScan},
	}
	scanPorts(outside, addr("2003:c7::203:113"), platform.byName["alb-1"].Public6, 40, Rejected)

	hop := &Script{
		Name: "counted-once", Site: platform.Name, At: at(9, 22, 0),
		Summary: "a runner sends 15 MB; the NAT gateway logs the same packets again, 30 MB if they were counted twice",
		Silent:  []string{largeOutboundTransfer},
	}
	hop.connect(0, platform.addr("runner"), gitUS[0], https, exchange{Volume{10400, 15_000_000}, Volume{5200, 270_400}, 400})

	return []*Script{outside, hop}
}
