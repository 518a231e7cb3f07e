// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "slices"

const monthTasks = 160

// newMonthContainers returns a cluster whose tasks live for minutes and reuse their addresses.
func newMonthContainers() *Site {
	return monthSite(Site{
		Name: "month-containers", Version: 5, Account: "555500004444", Region: "eu-central-1",
		VPC: "vpc-0d40f75a0ce163b94", FlowLog: "fl-0400ce7ae1526d8b93",
	}, slices.Concat(
		numbered("task", "10.90.16.10", monthTasks, Host{Instance: managed}),
		[]Host{
			{Name: "nat", Addr: addr("10.90.0.220"), Public: true, Instance: managed},
			{Name: "alb-1", Addr: addr("10.90.0.10"), Public: true, Open: []uint16{80, 443}, Instance: managed},
			{Name: "alb-2", Addr: addr("10.90.1.10"), Public: true, Open: []uint16{80, 443}, Instance: managed, Zone: "euc1-az3"},
			{Name: "bastion", Addr: addr("10.90.0.5"), Public: true},
			{Name: "dns", Addr: addr("10.90.0.53")},
			{Name: "db", Addr: addr("10.90.32.10"), Instance: managed},
			{Name: "queue", Addr: addr("10.90.32.20"), Instance: managed},
			{Name: "monitor", Addr: addr("10.90.32.90")},
			{Name: "schedule", Addr: addr("10.90.32.91")},
		},
	))
}

func monthContainerModels(s *Site) []model {
	balancers := s.addrs("alb-1", "alb-2")
	return slices.Concat(
		[]model{
			visitors{servers: balancers, perDay: 2500, rhythm: shoppers},
			&tasks{
				pool: s.many("task", monthTasks), balancers: balancers, monitor: s.addr("monitor"), dns: s.addr("dns"),
				stores: s.addrs("db", "queue"), perDay: 600,
			},
			scanners{to: s.public(), perDay: 500},
			crawlers{to: s.public(), perDay: 200},
			pings{from: uptimeIE[0], to: balancers},
		},
		jumpHost(s.addr("bastion"), s.addrs("monitor", "schedule")),
		nameLookups(s.addrs("monitor", "schedule", "bastion"), s.addr("dns")),
		clocks(s.addrs("monitor", "schedule", "bastion"), timeNL),
		scrapes(s.addr("monitor"), s.addrs("schedule", "bastion")),
		updates(s.addrs("monitor", "schedule"), mirrorGB[:1]),
	)
}
