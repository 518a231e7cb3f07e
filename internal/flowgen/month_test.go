// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMonthHasTheRecordsOfItsSeed(t *testing.T) {
	m := DefaultMonth(11)
	m.Rate = 0.02
	lines := func() (list []string) {
		for _, log := range m.Logs() {
			for r := range log.Records() {
				if len(list) > 20_000 {
					break
				}
				list = append(list, string(log.AppendLine(nil, r)))
			}
		}
		return list
	}
	first := lines()
	assert.Len(t, first, 20_001)
	assert.Equal(t, first, lines())
	m.Seed = 23
	assert.NotEqual(t, first, lines())
}

func TestMonthHasFiveHundredHosts(t *testing.T) {
	assert.GreaterOrEqual(t, MonthHosts(), 500)
	assert.True(t, MonthScanner().IsPrivate())
}

func TestAttacksOfTheMonthAreAfterTheLearningPeriod(t *testing.T) {
	sites := map[string]bool{}
	for _, log := range DefaultMonth(11).Logs() {
		sites[log.Name] = true
	}
	for _, s := range MonthScripts() {
		assert.True(t, sites[s.Site], s.Name)
		assert.NotEmpty(t, s.Alerts, s.Name)
		assert.Greater(t, s.At, 7*24*time.Hour, s.Name)
		assert.Less(t, s.At+s.length(), monthDays*24*time.Hour, s.Name)
	}
	for _, a := range MonthEvents() {
		assert.NotEmpty(t, a.Why)
	}
}

// TestClientsOfAnOutageRetry counts the connections of a client in an hour. Each connection has a port of its own.
func TestClientsOfAnOutageRetry(t *testing.T) {
	shop := newShop()
	usual := habit{
		clients: shop.addrs("app-1"), servers: paymentsUS[:1], service: https, every: 30 * time.Minute, rhythm: constantly,
		exchange: exchange{Volume{16, 6400}, Volume{14, 9800}, 5},
	}
	for name, test := range map[string]struct {
		outage outage
		want   int
	}{
		"twice as long each time": {outage{day: 1, hour: 12, every: 5 * time.Minute, outcome: Unanswered}, 20},
		"steadily":                {outage{day: 1, hour: 12, every: 30 * time.Second, outcome: Refused, steady: true}, 120},
	} {
		ports := map[uint16]bool{}
		for _, r := range recordsOfModel(interrupted{usual, test.outage}, 1, 1) {
			if hour(r.Start) != 12 {
				continue
			}
			if r.Dst == paymentsUS[0] {
				ports[r.SrcPort] = true
			} else {
				assert.Equal(t, Refused, test.outage.outcome, "an answer of a service that is down")
				assert.Equal(t, flagRST, r.Flags)
			}
		}
		assert.Len(t, ports, test.want, name)
	}
}

func TestASYNThatIsSentAgainIsInEachInterval(t *testing.T) {
	shop := newShop()
	c := Conversation{
		Start: DefaultOptions().Start.Unix(), Seconds: 120, Client: shop.addr("app-1"), ClientPort: 40000, Server: paymentsUS[0], ServerPort: 443,
		Protocol: tcp, Outcome: Unanswered, Sent: Volume{6, 360},
	}
	n := 0
	shop.records(c, func(r Record) {
		assert.Equal(t, flagSYN, r.Flags)
		n++
	})
	assert.Greater(t, n, 1)
}

func TestTasksReuseAddresses(t *testing.T) {
	site := newShop()
	cluster := &tasks{
		pool: site.addrs("app-1", "app-2", "app-3", "dev-1", "dev-2"), balancers: site.addrs("web-1"), monitor: site.addr("monitor"),
		dns: site.addr("dns"), stores: site.addrs("db-1"), perDay: 200,
	}
	begun := map[string]int{}
	for _, r := range recordsOfModel(cluster, 1, 1) {
		if r.DstPort == dns.port && r.Egress {
			begun[r.Src.String()]++
		}
	}
	assert.Len(t, begun, 5)
	for a, n := range begun {
		assert.Greater(t, n, 10, a)
	}
}
