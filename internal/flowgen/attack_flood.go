// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// floods is many ICMP packets from one source.
func floods(shop, platform *Site) []*Script {
	flood := &Script{
		Name: "ping-flood", Site: shop.Name, At: at(9, 9, 0),
		Summary: "three thousand echo requests in four minutes, all answered",
		Alerts:  []Alert{{Rule: excessiveInboundICMP, Source: addr("78.203.0.113")}},
	}
	flood.ping(0, addr("78.203.0.113"), shop.addr("web-2"), 3000, 239)

	spread := &Script{
		Name: "ping-two-hosts", Site: platform.Name, At: at(9, 11, 30),
		Summary: "five hundred echo requests at each of two hosts in four minutes: exactly enough together",
		Alerts:  []Alert{{Rule: excessiveInboundICMP, Source: addr("84.203.0.113")}},
	}
	spread.ping(0, addr("84.203.0.113"), platform.addr("alb-1"), 500, 119)
	spread.ping(120, addr("84.203.0.113"), platform.addr("alb-2"), 500, 119)
	return []*Script{flood, spread}
}
