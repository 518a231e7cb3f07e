// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"slices"
	"time"
)

// Month selects thirty days of ordinary traffic of four accounts with more than five hundred hosts: an office, a web shop, a
// data platform, and containers that live for minutes. It measures false alerts of the second ruleset. It also has an
// attack for each rule of that ruleset. The zero value is invalid: start from [DefaultMonth].
type Month struct {
	// Seed determines all random choices.
	Seed uint64
	// Start is the first minute, a Monday.
	Start time.Time
	// Rate multiplies the traffic. At 1, there are about five million records.
	Rate float64
}

// DefaultMonth returns a month with the given seed.
func DefaultMonth(seed uint64) Month {
	return Month{Seed: seed, Start: DefaultOptions().Start, Rate: 1}
}

const monthDays = 30

// Logs returns the logs of the accounts. Each log may be read once.
func (m Month) Logs() []*Log {
	var logs []*Log
	for _, a := range monthAccounts {
		site := a.site()
		l := &Log{
			Site: site, rate: m.Rate, models: a.models(site),
			opts: Options{Seed: m.Seed, Start: m.Start, Days: monthDays, Rate: m.Rate},
		}
		for _, s := range MonthScripts() {
			if s.Site == site.Name {
				l.scripts = append(l.scripts, s.conversationsFrom(m.Start.Unix())...)
			}
		}
		slices.SortStableFunc(l.scripts, func(a, b Conversation) int { return int(a.Start - b.Start) })
		logs = append(logs, l)
	}
	return logs
}

// monthAccount is an account with its ordinary traffic.
type monthAccount struct {
	site   func() *Site
	models func(*Site) []model
}

var monthAccounts = []monthAccount{
	{newMonthOffice, monthOfficeModels},
	{newMonthShop, monthShopModels},
	{newMonthData, monthDataModels},
	{newMonthContainers, monthContainerModels},
}

// MonthHosts returns the number of addresses of hosts.
func MonthHosts() int {
	n := 0
	for _, a := range monthAccounts {
		n += len(a.site().Hosts)
	}
	return n
}

// MonthScanner returns the address of the office's vulnerability scanner, which belongs on an allowlist.
func MonthScanner() netip.Addr { return newMonthOffice().addr("scanner") }

// monthSite returns a site whose private hosts are behind the host nat, if there is one.
func monthSite(s Site, hosts []Host) *Site {
	site := newSite(s, hosts)
	site.nat = site.byName["nat"]
	return site
}

// numbered returns hosts whose names end with numbers from 1 on, with consecutive addresses.
func numbered(name, first string, n int, like Host) []Host {
	hosts := make([]Host, n)
	a := addr(first)
	for i := range hosts {
		hosts[i] = like
		hosts[i].Name, hosts[i].Addr = numberedName(name, i), a
		a = a.Next()
	}
	return hosts
}
