// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "net/netip"

var _ = registerAttacks("outbound_scan", func(shop, platform *Site) []*Script {
	return []*Script{outboundWorm(shop), outboundPortScan(platform), nineteenSilentHosts(platform), crawler(shop)}
})

// nextTo returns the n-th address after another.
func nextTo(a netip.Addr, n int) netip.Addr {
	for range n {
		a = a.Next()
	}
	return a
}

func outboundWorm(s *Site) *Script {
	source := s.addr("dev-4")
	script := &Script{
		Name: "outbound-worm", Site: s.Name, At: at(8, 22, 10),
		Summary: "a development host tries port 445 of sixty external addresses in five minutes; none answers",
		Alerts:  []Alert{{Rule: "outbound_scan", Source: source}},
	}
	for i := range 60 {
		script.try(5*i, source, nextTo(gitUS[0], 10+i), smb, Unanswered)
	}
	return script
}

func outboundPortScan(s *Site) *Script {
	source := s.addr("runner")
	script := &Script{
		Name: "outbound-port-scan", Site: s.Name, At: at(8, 21, 0),
		Summary: "a runner tries forty ports of its source code host, which replies with RST; the replies to forty of our ports are not a scan",
		Alerts:  []Alert{{Rule: "outbound_scan", Source: source}},
	}
	script.tryPorts(source, gitUS[0], 40, Refused)
	return script
}

func nineteenSilentHosts(s *Site) *Script {
	script := &Script{
		Name: "nineteen-silent-hosts", Site: s.Name, At: at(9, 21, 10),
		Summary: "a job has nineteen wrong addresses",
		Silent:  []string{"outbound_scan"},
	}
	for i := range 19 {
		script.try(10*i, s.addr("etl"), nextTo(paymentsUS[0], 1+i), appTLS, Unanswered)
	}
	return script
}

func crawler(s *Site) *Script {
	script := &Script{
		Name: "crawler", Site: s.Name, At: at(9, 20, 30),
		Summary: "a crawler fetches pages of sixty external hosts in five minutes, and all answer",
		Silent:  []string{"outbound_scan"},
	}
	for i := range 60 {
		script.connect(5*i, s.addr("dev-2"), nextTo(gitUS[1], 10+i), https, fetch)
	}
	return script
}
