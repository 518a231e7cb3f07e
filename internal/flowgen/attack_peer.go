// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// newPeers is internal hosts that talk for the first time.
func newPeers(shop, platform *Site) []*Script {
	database := &Script{
		Name: "new-peer", Site: shop.Name, At: at(8, 12, 0),
		Summary: "a development host opens the production database, which only the applications use",
		Alerts:  []Alert{{Rule: newInternalPeer, Source: shop.addr("dev-2"), Destination: shop.addr("db-1")}},
	}
	database.connect(0, shop.addr("dev-2"), shop.addr("db-1"), psql, session)

	from, to := platform.byName["orders-2"].Addr6, platform.byName["rds"].Addr6
	overIPv6 := &Script{
		Name: "new-peer-ipv6", Site: platform.Name, At: at(9, 10, 30),
		Summary: "a service opens its database over IPv6, as it never does",
		Alerts:  []Alert{{Rule: newInternalPeer, Source: from, Destination: to}},
	}
	overIPv6.connect(0, from, to, psql, session)
	return []*Script{database, overIPv6}
}
