// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"time"
)

// updates returns the downloads of packages.
func updates(hosts, mirrors []netip.Addr) []model {
	return []model{habit{
		clients: hosts, servers: mirrors, service: https, every: 12 * time.Hour, rhythm: constantly,
		exchange: exchange{Volume{60, 4800}, Volume{400, 560000}, 8},
	}}
}

// calls returns the requests of hosts to services on the Internet.
func calls(hosts, services []netip.Addr) []model {
	return []model{habit{
		clients: hosts, servers: services, service: https, every: time.Hour, rhythm: shoppers,
		exchange: exchange{Volume{16, 6400}, Volume{14, 9800}, 5},
	}}
}

// mailing returns the incoming and outgoing connections of a mail server.
func mailing(server netip.Addr, partners []netip.Addr) []model {
	return []model{
		habit{
			clients: []netip.Addr{server}, servers: partners, service: smtp, every: 90 * time.Minute, rhythm: officeHours,
			exchange: exchange{Volume{24, 21600}, Volume{18, 1440}, 4},
		},
		habit{
			clients: partners, servers: []netip.Addr{server}, service: smtp, every: 2 * time.Hour, rhythm: officeHours,
			exchange: exchange{Volume{26, 26000}, Volume{18, 1440}, 4},
		},
	}
}

// fileTransfer returns the SFTP downloads of a partner.
func fileTransfer(partner []netip.Addr, server netip.Addr) []model {
	return []model{habit{
		clients: partner, servers: []netip.Addr{server}, service: ssh, every: 12 * time.Hour, rhythm: constantly,
		exchange: exchange{Volume{300, 24000}, Volume{1800, 2520000}, 45},
	}}
}
