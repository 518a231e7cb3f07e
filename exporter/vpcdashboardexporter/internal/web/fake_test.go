// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// latest is the latest event time of the fake stores.
var latest = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// fakeStore returns fixed data, and records the last queries.
type fakeStore struct {
	view       overview.View
	episodes   []overview.Episode
	total      int
	viewQuery  overview.Query
	alertQuery overview.AlertQuery
}

func (f *fakeStore) View(query overview.Query) overview.View {
	f.viewQuery = query
	return f.view
}

func (f *fakeStore) Episodes(query overview.AlertQuery) ([]overview.Episode, int) {
	f.alertQuery = query
	list := slices.Clone(f.episodes)
	list = slices.DeleteFunc(list, func(e overview.Episode) bool {
		return e.Severity < query.Severity || query.DryRun != "" && (query.DryRun == overview.OnlyDryRun) != e.DryRun
	})
	total := len(list)
	if query.DryRun != overview.OnlyDryRun {
		total = max(f.total, total)
	}
	return list[:min(len(list), query.Limit)], total
}

func (f *fakeStore) Health() overview.Health { return f.view.Health }

func (f *fakeStore) Episode(uid string) (overview.Episode, bool) {
	for _, e := range f.episodes {
		if e.UID == uid {
			return e, true
		}
	}
	return overview.Episode{}, false
}

// fullStore returns a store with data for every panel, and an alert of each rule.
func fullStore() *fakeStore {
	random := rand.New(rand.NewPCG(1, 2))
	v := overview.View{
		From: latest.Add(-24 * time.Hour), To: latest, Step: 15 * time.Minute,
		Previous:         &traffic.Totals{Flows: 800_000, Bytes: 9_000_000_000, Packets: 70_000_000, Accepted: 700_000, Rejected: 100_000},
		Top:              map[overview.Dimension][]overview.Entry{},
		AlertsBySeverity: [4]uint64{9, 4, 3, 1},
		Health: overview.Health{
			Latest: latest, Received: latest.Add(7 * time.Minute), Flows: 12_423, NoData: 420, SkipData: 3, WithFlags: 12_000, WithDirection: 12_000,
			TooOld: 5, InFuture: 1, Undecodable: map[string]uint64{"not_a_flow": 2}, Evicted: map[string]uint64{"alerts": 4},
		},
	}
	for at := v.From; at.Before(v.To); at = at.Add(v.Step) {
		p := overview.Point{Time: at, Classes: [4]uint64{
			random.Uint64N(20), 300 + random.Uint64N(2000), 500 + random.Uint64N(1500), 3000 + random.Uint64N(4000),
		}}
		for _, n := range p.Classes {
			p.Flows += n
		}
		p.Rejected = random.Uint64N(900)
		p.Accepted = p.Flows - p.Rejected - random.Uint64N(100)
		p.Packets, p.Bytes = p.Flows*12, p.Flows*(3000+random.Uint64N(4000))
		if random.IntN(6) == 0 {
			p.Alerts[random.IntN(4)]++
		}
		v.Points = append(v.Points, p)
		v.Totals.Flows += p.Flows
		v.Totals.Packets += p.Packets
		v.Totals.Bytes += p.Bytes
		v.Totals.Accepted += p.Accepted
		v.Totals.Rejected += p.Rejected
	}
	for dimension, list := range map[overview.Dimension][]string{
		overview.Sources:              {"10.20.1.42", "10.20.2.20", "198.51.100.7", "2001:db8::17", "10.20.3.9", "203.0.113.200"},
		overview.Destinations:         {"10.20.2.20", "10.20.1.5", "192.0.2.80", "10.20.3.31"},
		overview.Ports:                {"443", "5432", "53", "22", "3389", "49152"},
		overview.Protocols:            {"tcp", "udp", "icmp"},
		overview.Interfaces:           {"eni-0a1b2c3d4e5f60718", "eni-0b1b2c3d4e5f60718"},
		overview.Accounts:             {"111122223333", "444455556666"},
		overview.SourceCountries:      {"DE", "US", "NL"},
		overview.DestinationCountries: {"IE", "US", "JP"},
	} {
		for i, key := range list {
			v.Top[dimension] = append(v.Top[dimension], overview.Entry{Key: key, Value: 300_000 >> i, Error: uint64(i / 4 * 90)})
		}
	}
	for i := range 5 {
		v.Matrix.Subnets = append(v.Matrix.Subnets, netip.MustParsePrefix(fmt.Sprintf("10.20.%d.0/24", i)))
		row := make([]traffic.Totals, 5)
		for j := range row {
			if i != 4 {
				row[j] = traffic.Totals{Flows: random.Uint64N(10) * 100 << (2 * j), Bytes: random.Uint64N(1e9), Rejected: random.Uint64N(9)}
			}
		}
		v.Matrix.Cells = append(v.Matrix.Cells, row)
	}
	s := &fakeStore{view: v}
	for i, rule := range detect.Rules {
		s.episodes = append(s.episodes, fakeEpisode(i, rule))
	}
	return s
}

func fakeEpisode(i int, rule *detect.Rule) overview.Episode {
	at := latest.Add(-time.Duration(i) * time.Hour)
	return overview.Episode{
		Alert: alert.Alert{
			UID: fmt.Sprintf("%032x", i+1), Status: alert.Opened, Severity: rule.Severity, Time: at.Unix(), Observed: at.Add(8 * time.Minute),
			Body: fmt.Sprintf("10.20.1.%d triggered %s", i+1, rule.ID), Scope: "111122223333",
			Account: "111122223333", Region: "eu-west-1", Rule: rule.ID, Title: rule.Title, Category: rule.Category,
			RulesetVersion: detect.RulesetVersion, Tactic: rule.Tactic, Technique: rule.Technique, RelatedTechniques: rule.Related,
			Source: netip.MustParseAddr(fmt.Sprintf("10.20.1.%d", i+1)), Destinations: []netip.Addr{netip.MustParseAddr("10.20.2.20"), netip.MustParseAddr("10.20.2.21")},
			DestinationPorts: []uint16{22, 443, 60_001}, Transport: "tcp", Measure: 250, Threshold: 20, Unit: rule.Unit, Window: 600,
			FirstSeen: at.Add(-5 * time.Minute).Unix(), LastSeen: at.Unix(), Flows: 250, Packets: 251, Bytes: 15_060, RoleEvidence: alert.ByFlags,
			Samples: []alert.Sample{alert.ParseSample("10.20.1.1:50024 > 10.20.2.20:22 tcp REJECT 1 60 1773100000 eni-0a1b2c3d4e5f60718"), alert.ParseSample("[2001:db8::1]:50024 > [2001:db8::2]:22 tcp ACCEPT 12 6000 1773100001 -")},
			Impact:  rule.Impact, Mitigation: rule.Mitigation,
		},
		Opened: at.Add(-time.Minute), Updates: 1 + i%3,
	}
}
