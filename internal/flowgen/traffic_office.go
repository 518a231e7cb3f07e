// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"time"
)

// office returns the traffic of people at work: shells on the development hosts and internal pages of the applications.
func office(people, shells, apps []netip.Addr) []model {
	developers := shells[:len(shells)-1]
	return []model{
		habit{
			clients: people, servers: shells, service: ssh, every: 8 * time.Hour, rhythm: officeHours,
			exchange: exchange{Volume{160, 14400}, Volume{140, 25200}, 130},
		},
		habit{
			clients: people, servers: apps, service: appHTTP, every: 3 * time.Hour, rhythm: officeHours,
			exchange: exchange{Volume{14, 3360}, Volume{22, 24200}, 6},
		},
		habit{
			clients: developers, servers: apps, service: appHTTP, every: 4 * time.Hour, rhythm: officeHours,
			exchange: exchange{Volume{10, 2200}, Volume{12, 8400}, 2},
		},
	}
}

// remoteWork returns the traffic of employees at home with the company's VPN.
func remoteWork(vpn netip.Addr) []model {
	return []model{habit{
		clients: remoteDE, servers: []netip.Addr{vpn}, service: openVPN, every: time.Hour, rhythm: officeHours,
		exchange: exchange{Volume{900, 207000}, Volume{1400, 1386000}, 110},
	}}
}

// jumpHost returns the logins of administrators to the jump host, and from there to other hosts.
func jumpHost(jump netip.Addr, hosts []netip.Addr) []model {
	return []model{
		habit{
			clients: officeDE, servers: []netip.Addr{jump}, service: ssh, every: 4 * time.Hour, rhythm: officeHours,
			exchange: exchange{Volume{420, 37800}, Volume{380, 68400}, 150},
		},
		habit{
			clients: []netip.Addr{jump}, servers: hosts, service: ssh, every: 12 * time.Hour, rhythm: officeHours,
			exchange: exchange{Volume{90, 8100}, Volume{80, 14400}, 70},
		},
	}
}

// administration returns Remote Desktop sessions through a gateway with HTTPS.
func administration(from, gateway netip.Addr, hosts []netip.Addr) []model {
	return []model{
		habit{
			clients: []netip.Addr{from}, servers: []netip.Addr{gateway}, service: https, every: 3 * time.Hour, rhythm: officeHours,
			exchange: exchange{Volume{600, 72000}, Volume{900, 810000}, 140},
		},
		habit{
			clients: []netip.Addr{gateway}, servers: hosts, service: rdp, every: 6 * time.Hour, rhythm: officeHours,
			exchange: exchange{Volume{500, 60000}, Volume{800, 720000}, 100},
		},
	}
}
