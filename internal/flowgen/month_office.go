// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

func numberedName(name string, i int) string { return fmt.Sprintf("%s-%d", name, i+1) }

// many returns the addresses of numbered hosts.
func (s *Site) many(name string, n int) []netip.Addr {
	out := make([]netip.Addr, n)
	for i := range out {
		out[i] = s.addr(numberedName(name, i))
	}
	return out
}

const monthDesks = 200

// newMonthOffice returns an office of two hundred desks behind a NAT gateway.
func newMonthOffice() *Site {
	return monthSite(Site{
		Name: "month-office", Version: 5, Account: "555500001111", Region: "eu-central-1",
		VPC: "vpc-0a1f4c27d9be30861", FlowLog: "fl-01d9c47be2f3a5860",
	}, slices.Concat(
		numbered("desk", "10.60.10.1", monthDesks, Host{}),
		[]Host{
			{Name: "nat", Addr: addr("10.60.0.220"), Public: true, Instance: managed},
			{Name: "jump", Addr: addr("10.60.0.5"), Public: true},
			{Name: "vpn", Addr: addr("10.60.0.30"), Public: true, Open: []uint16{1194}},
			{Name: "mail", Addr: addr("10.60.0.25"), Public: true, Open: []uint16{25}},
			{Name: "dns", Addr: addr("10.60.0.53")},
			{Name: "directory-1", Addr: addr("10.60.1.10")},
			{Name: "directory-2", Addr: addr("10.60.1.11")},
			{Name: "files", Addr: addr("10.60.1.20")},
			{Name: "printer-1", Addr: addr("10.60.1.31"), Instance: managed},
			{Name: "printer-2", Addr: addr("10.60.1.32"), Instance: managed},
			{Name: "wiki", Addr: addr("10.60.1.40")},
			{Name: "builds", Addr: addr("10.60.1.41")},
			{Name: "backup", Addr: addr("10.60.1.80")},
			{Name: "monitor", Addr: addr("10.60.1.90")},
			{Name: "scanner", Addr: addr("10.60.1.250")},
		},
	))
}

func monthOfficeModels(s *Site) []model {
	desks := s.many("desk", monthDesks)
	servers := s.addrs("directory-1", "directory-2", "files", "wiki", "builds", "backup", "mail", "jump")
	fileServer := habit{
		clients: desks, servers: s.addrs("files"), service: smb, every: 6 * time.Hour, rhythm: officeHours,
		exchange: exchange{Volume{80, 16_000}, Volume{120, 150_000}, 20},
	}
	chat := habit{
		clients: desks, servers: chatUS, service: https, every: 8 * time.Hour, rhythm: officeHours,
		exchange: exchange{Volume{30, 9000}, Volume{34, 12_000}, 40},
	}
	return slices.Concat(
		nameLookups(slices.Concat(desks[:60], servers), s.addr("dns")),
		[]model{
			habit{
				clients: s.addrs("dns"), servers: resolversUS, service: dns, every: 5 * time.Minute, rhythm: constantly,
				exchange: exchange{Volume{1, 71}, Volume{1, 135}, 0},
			},
			habit{
				clients: desks, servers: s.addrs("directory-1"), service: ldap, every: 12 * time.Hour, rhythm: officeHours,
				exchange: exchange{Volume{12, 2400}, Volume{12, 5200}, 2},
			},
			interrupted{fileServer, outage{day: 10, hour: 11, every: 5 * time.Minute, outcome: Unanswered}},
			interrupted{chat, outage{day: 17, hour: 14, every: 5 * time.Minute, outcome: Unanswered}},
			browsing{people: desks, perDay: 9, failing: 0.02},
			videoCalls{people: desks, perDay: 22},
			sessions{clients: desks[:2], server: chatUS[0], hour: 8, hours: 9},
			printing{desks: desks, printers: s.addrs("printer-1", "printer-2"), perDay: 150},
			vulnerabilityScans{from: s.addr("scanner"), to: slices.Concat(desks, servers)},
			offsite{from: s.addr("backup"), to: vaultFR[0]},
			scanners{to: s.public(), perDay: 600},
			newsletter{from: s.addr("mail"), recipients: 200, dead: 0.04},
		},
		remoteWork(s.addr("vpn")),
		jumpHost(s.addr("jump"), servers[:6]),
		clocks(slices.Concat(desks[:40], servers), timeNL),
		scrapes(s.addr("monitor"), servers),
		backups(s.addr("backup"), s.addrs("files", "wiki", "builds")),
		updates(desks[:50], mirrorGB),
		mailing(s.addr("mail"), slices.Concat(mailDE, mailGB)),
	)
}
