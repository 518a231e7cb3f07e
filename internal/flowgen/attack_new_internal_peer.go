// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("new_internal_peer", func(shop, platform *Site) []*Script {
	return []*Script{newPeer(shop), newPeerIPv6(platform), rejectedPeer(platform)}
})

func newPeer(s *Site) *Script {
	source, target := s.addr("dev-2"), s.addr("db-1")
	script := &Script{
		Name: "new-peer", Site: s.Name, At: at(8, 12, 0),
		Summary: "a development host opens the production database, which only the applications use",
		Alerts:  []Alert{{Rule: "new_internal_peer", Source: source, Destination: target}},
	}
	script.connect(0, source, target, psql, session)
	return script
}

func newPeerIPv6(s *Site) *Script {
	source, target := s.byName["orders-2"].Addr6, s.byName["rds"].Addr6
	script := &Script{
		Name: "new-peer-ipv6", Site: s.Name, At: at(9, 10, 30),
		Summary: "a service opens its database over IPv6, which it has never done before",
		Alerts:  []Alert{{Rule: "new_internal_peer", Source: source, Destination: target}},
	}
	script.connect(0, source, target, psql, session)
	return script
}

func rejectedPeer(s *Site) *Script {
	script := &Script{
		Name: "turned-away", Site: s.Name, At: at(8, 10, 10),
		Summary: "a runner tries SSH on the database six times: its own interface logs ACCEPT, the database's REJECT, so no connection was made",
		Silent:  []string{"new_internal_peer", "remote_service_brute_force"},
	}
	for i := range 6 {
		script.try(40*i, s.addr("runner"), s.addr("rds"), ssh, Rejected)
	}
	return script
}
