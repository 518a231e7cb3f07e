// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"slices"
)

// newPlatform returns the newer account: services behind load balancers, logged in a custom format of version 5. Its private
// hosts reach the Internet through a NAT gateway, which logs their packets again. It also uses private IPv6 addresses.
func newPlatform() *Site {
	v6 := func(last string) netip.Addr { return addr("fd5c:7a1e:b0d2:10::" + last) }
	s := newSite(Site{
		Name: "platform", Version: 5, Account: "444455556666", Region: "eu-central-1",
		VPC: "vpc-07be2d90c1a4f6e35", FlowLog: "fl-09b7e5d3c1f2a4680",
	}, []Host{
		{Name: "bastion", Addr: addr("10.50.0.5"), Public: true},
		{
			Name: "alb-1", Addr: addr("10.50.0.10"), Addr6: v6("a"), Public6: addr("2a05:d014:9c2:1d00::a"), Public: true,
			Open: []uint16{80, 443}, Instance: managed,
		},
		{Name: "alb-2", Addr: addr("10.50.1.10"), Addr6: v6("b"), Public: true, Open: []uint16{80, 443}, Instance: managed, Zone: "euc1-az3"},
		{Name: "gateway", Addr: addr("10.50.0.30"), Public: true, Open: []uint16{443}},
		{Name: "resolver", Addr: addr("10.50.0.53"), Addr6: v6("53"), Instance: managed},
		{Name: "nat", Addr: addr("10.50.0.220"), Public: true, Instance: managed},
		{Name: "orders-1", Addr: addr("10.50.16.10"), Addr6: v6("1010"), Instance: managed},
		{Name: "orders-2", Addr: addr("10.50.17.10"), Addr6: v6("1011"), Instance: managed, Zone: "euc1-az3"},
		{Name: "catalog-1", Addr: addr("10.50.16.20"), Addr6: v6("1020"), Instance: managed},
		{Name: "catalog-2", Addr: addr("10.50.17.20"), Addr6: v6("1021"), Instance: managed, Zone: "euc1-az3"},
		{Name: "payments", Addr: addr("10.50.16.30"), Addr6: v6("1030")},
		{Name: "rds", Addr: addr("10.50.32.10"), Addr6: v6("2010"), Instance: managed},
		{Name: "kafka", Addr: addr("10.50.32.20"), Addr6: v6("2020")},
		{Name: "runner", Addr: addr("10.50.48.10")},
		{Name: "etl", Addr: addr("10.50.48.20")},
		{Name: "monitor", Addr: addr("10.50.48.90"), Addr6: v6("3090")},
		{Name: "win-1", Addr: addr("10.50.64.10")},
		{Name: "win-2", Addr: addr("10.50.64.11")},
		{Name: "win-3", Addr: addr("10.50.64.12")},
		{Name: "standby", Addr: addr("10.50.32.250"), Instance: managed},
	})
	s.nat = s.byName["nat"]
	return s
}

func platformModels(s *Site) []model {
	balancers := s.addrs("alb-1", "alb-2")
	services := s.addrs("orders-1", "orders-2", "catalog-1", "catalog-2")
	windows := s.addrs("win-1", "win-2", "win-3")
	return slices.Concat(
		[]model{visitors{servers: balancers, perDay: 700, rhythm: shoppers}},
		balancing(balancers, services),
		balancing(s.addrs6("alb-1", "alb-2"), s.addrs6("orders-1", "orders-2")),
		serviceCalls(services[:2], s.addrs("payments")),
		dataTier(slices.Concat(services, s.addrs("etl")), s.addrs("rds"), psql),
		dataTier(services, s.addrs("kafka"), kafka),
		dataTier(s.addrs6("orders-1", "orders-2"), s.addrs6("kafka"), kafka),
		administration(officeDE[0], s.addr("gateway"), windows),
		jumpHost(s.addr("bastion"), s.addrs("kafka", "payments", "runner", "etl", "monitor")),
		nameLookups(s.all("resolver", "nat", "standby"), s.addr("resolver")),
		clocks(s.addrs("bastion", "runner", "etl", "win-1", "win-2", "win-3"), timeNL),
		scrapes(s.addr("monitor"), s.all("monitor", "standby", "nat", "rds", "resolver")),
		backups(s.addr("etl"), s.addrs("kafka")),
		updates(s.addrs("runner", "etl", "bastion"), mirrorGB[:1]),
		calls(s.addrs("payments"), paymentsUS),
		calls(s.addrs("runner"), gitUS),
		calls(s.addrs("etl"), slices.Concat(objectsDE, objectsIE[:1])),
		[]model{scanners{to: s.public(), perDay: 500}},
		[]model{pings{from: uptimeIE[0], to: balancers}},
		[]model{idle{s.byName["standby"]}},
	)
}
