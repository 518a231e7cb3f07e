// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"slices"
	"time"
)

const (
	monthFronts = 24
	monthApps   = 80
)

// newMonthShop returns a web shop in the default format, without flags. Its hosts reach the Internet through a firewall
// in another account.
func newMonthShop() *Site {
	return monthSite(Site{
		Name: "month-shop", Version: 2, Account: "555500002222", Region: "eu-west-1",
		VPC: "vpc-0b2e5d38eacf41972", FlowLog: "fl-02eac58cf304b6971",
	}, slices.Concat(
		numbered("front", "10.70.0.10", monthFronts, Host{Public: true, Open: []uint16{80, 443}}),
		numbered("app", "10.70.16.10", monthApps, Host{}),
		numbered("db", "10.70.32.10", 3, Host{Instance: managed}),
		[]Host{
			{Name: "jump", Addr: addr("10.70.0.5"), Public: true},
			{Name: "cache", Addr: addr("10.70.32.30"), Instance: managed},
			{Name: "dns", Addr: addr("10.70.32.53")},
			{Name: "monitor", Addr: addr("10.70.32.90")},
			{Name: "backup", Addr: addr("10.70.32.80")},
			{Name: "syslog", Addr: addr("10.70.32.81")},
		},
	))
}

func monthShopModels(s *Site) []model {
	fronts, apps := s.many("front", monthFronts), s.many("app", monthApps)
	newNode := s.byName[numberedName("front", monthFronts-1)] // the load balancer adds it later
	older := slices.DeleteFunc(s.public(), func(h *Host) bool { return h == newNode })
	payments := habit{
		clients: apps[:20], servers: paymentsUS, service: https, every: 2 * time.Hour, rhythm: shoppers,
		exchange: exchange{Volume{16, 6400}, Volume{14, 9800}, 5},
	}
	return slices.Concat(
		[]model{visitors{servers: fronts[:monthFronts-1], perDay: 7000, rhythm: shoppers}},
		[]model{
			from{day: 16, model: visitors{servers: fronts[monthFronts-1:], perDay: 200, rhythm: shoppers}},
			from{day: 16, model: crawlers{to: []*Host{newNode}, perDay: 20}},
			autoscaling{balancers: fronts[:6], apps: apps, monitor: s.addr("monitor"), perDay: 3000},
			rollingRestart{balancers: fronts[:6], apps: apps[:30], monitor: s.addr("monitor"), at: at(4, 14, 30), every: 2},
			rollingRestart{balancers: fronts[:6], apps: apps[:30], monitor: s.addr("monitor"), at: at(11, 14, 30), every: 2},
			rollingRestart{balancers: fronts[:6], apps: apps[:30], monitor: s.addr("monitor"), at: at(25, 14, 30), every: 2},
			interrupted{payments, outage{day: 12, hour: 20, every: 4 * time.Minute, outcome: Refused}},
			idlePool{clients: apps[:12], server: paymentsUS[0], connections: 4},
			crawlers{to: older, perDay: 500},
			checks{from: uptimeIE[0], to: fronts[:8]},
			scanners{to: older, perDay: 900},
			syslog{from: s.addr("syslog"), to: syslogUS[0], perSecond: 5},
			offsite{from: s.addr("backup"), to: vaultFR[0]},
			pings{from: uptimeIE[0], to: fronts[:4]},
		},
		dataTier(apps[:30], s.addrs("db-1", "db-2", "cache"), psql),
		jumpHost(s.addr("jump"), slices.Concat(apps[:10], s.addrs("monitor"))),
		nameLookups(slices.Concat(apps, s.addrs("monitor", "backup")), s.addr("dns")),
		clocks(apps, slices.Concat(timeGB, timeNL)),
		scrapes(s.addr("monitor"), apps[:30]),
		backups(s.addr("backup"), s.addrs("db-1", "db-2", "db-3")),
		updates(apps[:20], mirrorGB[:1]),
	)
}
