// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"slices"
	"time"
)

const monthWorkers = 100

// newMonthData returns a data platform with a hundred workers.
func newMonthData() *Site {
	return monthSite(Site{
		Name: "month-data", Version: 5, Account: "555500003333", Region: "eu-central-1",
		VPC: "vpc-0c3f6e49fbd052a83", FlowLog: "fl-03fbd69d0415c7a82",
	}, slices.Concat(
		numbered("worker", "10.80.16.10", monthWorkers, Host{}),
		numbered("kafka", "10.80.32.10", 6, Host{}),
		[]Host{
			{Name: "nat", Addr: addr("10.80.0.220"), Public: true, Instance: managed},
			{Name: "bastion", Addr: addr("10.80.0.5"), Public: true},
			{Name: "notebook", Addr: addr("10.80.0.40"), Public: true},
			{Name: "dns", Addr: addr("10.80.0.53")},
			{Name: "driver-1", Addr: addr("10.80.8.11")},
			{Name: "driver-2", Addr: addr("10.80.8.12")},
			{Name: "etl", Addr: addr("10.80.8.20")},
			{Name: "warehouse", Addr: addr("10.80.32.40"), Instance: managed},
			{Name: "monitor", Addr: addr("10.80.8.90")},
			{Name: "backup", Addr: addr("10.80.8.80")},
		},
	))
}

func monthDataModels(s *Site) []model {
	workers, brokers := s.many("worker", monthWorkers), s.many("kafka", 6)
	drivers := s.addrs("driver-1", "driver-2")
	upload := habit{
		clients: slices.Concat(workers[:10], s.addrs("etl")), servers: objectsDE, service: https, every: 12 * time.Hour, rhythm: constantly,
		exchange: exchange{Volume{70_000, 98_000_000}, Volume{30_000, 1_560_000}, 240},
	}
	telemetry := habit{
		clients: workers[:5], servers: telemetryUS[:1], service: https, every: 4 * time.Hour, rhythm: constantly,
		exchange: exchange{Volume{18, 12_000}, Volume{14, 2200}, 1},
	}
	shuffle := habit{
		clients: workers[:40], servers: workers[:40], service: service{7337, tcp}, every: 8 * time.Hour, rhythm: constantly,
		exchange: exchange{Volume{900, 1_100_000}, Volume{500, 30_000}, 10},
	}
	return slices.Concat(
		[]model{
			upload,
			shuffle,
			habit{
				clients: drivers, servers: workers, service: service{7078, tcp}, every: 90 * time.Minute, rhythm: constantly,
				exchange: exchange{Volume{60, 18_000}, Volume{60, 22_000}, 30},
			},
			// An agent that sends every thirty seconds, and a service that is down for an hour.
			interrupted{telemetry, outage{day: 19, hour: 9, every: 30 * time.Second, outcome: Unanswered, steady: true}},
			interrupted{habit{
				clients: workers[:30], servers: s.addrs("warehouse"), service: psql, every: 4 * time.Hour, rhythm: constantly,
				exchange: exchange{Volume{40, 12_800}, Volume{44, 39_600}, 25},
			}, outage{day: 9, hour: 3, every: 30 * time.Second, outcome: Refused, steady: true}},
			lostPeers{from: workers, dead: consecutive("10.80.18.1", 60), perDay: 20},
			spotEnds{monitor: s.addr("monitor"), hosts: workers, perDay: 12},
			scanners{to: s.public(), perDay: 500},
			sessions{clients: s.addrs("monitor"), server: telemetryUS[1], hour: 0, hours: 23},
			idle{s.byName["backup"]},
		},
		dataTier(workers[:30], brokers, kafka),
		jumpHost(s.addr("bastion"), slices.Concat(drivers, s.addrs("etl", "notebook", "monitor"))),
		nameLookups(slices.Concat(workers, drivers), s.addr("dns")),
		clocks(slices.Concat(workers[:50], drivers), timeNL),
		scrapes(s.addr("monitor"), slices.Concat(workers, brokers, drivers)),
		backups(s.addr("backup"), brokers[:2]),
		updates(slices.Concat(workers[:30], drivers), mirrorGB[:1]),
		calls(s.addrs("etl"), slices.Concat(objectsDE, objectsIE)),
	)
}
