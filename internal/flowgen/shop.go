// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "slices"

// newShop returns the older account: a web shop and its office, logged in the default format of version 2, which has neither
// flags nor directions. Its private hosts reach the Internet through a firewall in another account.
func newShop() *Site {
	return newSite(Site{
		Name: "shop", Version: 2, Account: "111122223333", Region: "eu-west-1",
		VPC: "vpc-0f3a91c2d47b5e608", FlowLog: "fl-0c4d81e6f2a3b5970",
	}, []Host{
		{Name: "jump", Addr: addr("10.20.1.5"), Public: true},
		{Name: "web-1", Addr: addr("10.20.1.10"), Public: true, Open: []uint16{80, 443}},
		{Name: "web-2", Addr: addr("10.20.1.11"), Public: true, Open: []uint16{80, 443}},
		{Name: "mail", Addr: addr("10.20.1.25"), Public: true, Open: []uint16{25}},
		{Name: "sftp", Addr: addr("10.20.1.26"), Public: true},
		{Name: "vpn", Addr: addr("10.20.1.30"), Public: true, Open: []uint16{1194}},
		{Name: "dev-1", Addr: addr("10.20.1.41"), Public: true},
		{Name: "dev-2", Addr: addr("10.20.1.42"), Public: true},
		{Name: "dev-3", Addr: addr("10.20.1.43"), Public: true},
		{Name: "dev-4", Addr: addr("10.20.1.44"), Public: true},
		{Name: "ns", Addr: addr("10.20.1.53"), Public: true, Open: []uint16{53}},
		{Name: "stage-1", Addr: addr("10.20.1.61"), Public: true},
		{Name: "stage-2", Addr: addr("10.20.1.62"), Public: true},
		{Name: "app-1", Addr: addr("10.20.2.10")},
		{Name: "app-2", Addr: addr("10.20.2.11")},
		{Name: "app-3", Addr: addr("10.20.2.12")},
		{Name: "db-1", Addr: addr("10.20.2.20"), Instance: managed},
		{Name: "cache", Addr: addr("10.20.2.30"), Instance: managed},
		{Name: "dns", Addr: addr("10.20.2.53")},
		{Name: "backup", Addr: addr("10.20.2.80")},
		{Name: "monitor", Addr: addr("10.20.2.90")},
		{Name: "standby", Addr: addr("10.20.2.250"), Instance: managed},
	})
}

// workstations are the hosts in the office, which is connected to the shop by a site-to-site VPN.
var workstations = addrs(
	"192.168.10.11", "192.168.10.12", "192.168.10.13", "192.168.10.14",
	"192.168.10.21", "192.168.10.22", "192.168.10.23", "192.168.10.24",
)

func shopModels(s *Site) []model {
	apps, webs := s.addrs("app-1", "app-2", "app-3"), s.addrs("web-1", "web-2")
	devs := s.addrs("dev-1", "dev-2", "dev-3", "dev-4")
	return slices.Concat(
		[]model{visitors{servers: webs, perDay: 1500, rhythm: shoppers}},
		webTier(webs, apps),
		dataTier(apps, s.addrs("db-1"), psql),
		dataTier(apps, s.addrs("cache"), redis),
		office(append(workstations, s.addr("vpn")), append(devs, s.addr("jump")), apps),
		remoteWork(s.addr("vpn")),
		jumpHost(s.addr("jump"), s.all("jump", "db-1", "cache", "standby", "sftp")),
		nameLookups(s.all("dns", "standby", "cache"), s.addr("dns")),
		clocks(s.all("db-1", "cache", "standby"), slices.Concat(timeGB, timeNL)),
		scrapes(s.addr("monitor"), s.all("monitor", "standby", "db-1", "cache")),
		backups(s.addr("backup"), slices.Concat(apps, s.addrs("db-1"))),
		mailing(s.addr("mail"), slices.Concat(mailDE, mailGB)),
		fileTransfer(partnerNL, s.addr("sftp")),
		updates(s.all("db-1", "cache", "standby"), mirrorGB[:1]),
		calls(apps, slices.Concat(paymentsUS, objectsIE)),
		[]model{offsite{from: s.addr("backup"), to: vaultFR[0]}},
		[]model{scanners{to: s.public(), perDay: 900}},
		[]model{pings{from: uptimeIE[0], to: webs}},
		[]model{idle{s.byName["standby"]}},
		zoneTransfers(s.addr("ns"), secondaryGB),
	)
}
