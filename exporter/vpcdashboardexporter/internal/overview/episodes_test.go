// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func testAlert(uid string, status alert.Status, minutes int, severity alert.Severity) *alert.Alert {
	return &alert.Alert{
		UID: uid, Status: status, Severity: severity, Time: start.Add(time.Duration(minutes) * time.Minute).Unix(),
		Rule: "external_port_scan", Source: netip.MustParseAddr("203.0.113.7"),
	}
}

func uids(list []Episode) (names []string) {
	for _, e := range list {
		names = append(names, e.UID)
	}
	return names
}

func TestAnEpisodeHasItsLatestAlert(t *testing.T) {
	s := newStore(t, clock)
	for _, a := range []*alert.Alert{
		testAlert("a", alert.Updated, 30, alert.High),
		testAlert("a", alert.Opened, 10, alert.Low), // arrives late
		testAlert("a", alert.Updated, 20, alert.Medium),
	} {
		s.AddAlert(a)
	}
	e, ok := s.Episode("a")
	require.True(t, ok)
	assert.Equal(t, alert.Updated, e.Status)
	assert.Equal(t, alert.High, e.Severity)
	assert.Equal(t, start.Add(30*time.Minute).Unix(), e.Time)
	assert.Equal(t, start.Add(10*time.Minute), e.Opened)
	assert.Equal(t, 3, e.Updates)

	s.AddAlert(testAlert("a", alert.Resolved, 25, alert.High)) // stamped with the time of the last matching flow
	s.AddAlert(testAlert("a", alert.Updated, 40, alert.Low))
	e, _ = s.Episode("a")
	assert.Equal(t, alert.Resolved, e.Status)

	list, total := s.Episodes(AlertQuery{})
	assert.Equal(t, []Episode{e}, list)
	assert.Equal(t, 1, total)
	_, ok = s.Episode("b")
	assert.False(t, ok)
}

func TestAlertsAreCountedOnceAtTheirOpeningByCurrentSeverity(t *testing.T) {
	s := newStore(t, clock)
	s.AddFlows([]flow.Flow{at(start, flow.Accept, 1)})
	for i, severity := range []alert.Severity{0, alert.Low, alert.Medium, alert.High, alert.High, alert.Critical, 24} {
		s.AddAlert(testAlert(fmt.Sprint(i), alert.Opened, i, severity))
		s.AddAlert(testAlert(fmt.Sprint(i), alert.Updated, i+60, severity))
	}
	v := s.View(Query{})
	assert.Equal(t, [4]uint64{2, 1, 2, 2}, v.AlertsBySeverity)
	assert.Equal(t, [4]uint64{1}, v.Points[0].Alerts)
	assert.Equal(t, [4]uint64{0, 0, 0, 1}, v.Points[5].Alerts)
	checkPoints(t, &v)
	assert.Equal(t, start.Add(6*time.Minute), v.Health.Latest, "an update is neither a new alert nor traffic")

	s.AddAlert(testAlert("2", alert.Updated, 90, alert.Critical))
	s.AddAlert(testAlert("3", alert.Opened, 1, alert.Critical)) // arrives late: it opened earlier, and a later update had high severity
	v = s.View(Query{})
	assert.Equal(t, [4]uint64{2, 0, 2, 3}, v.AlertsBySeverity)
	assert.Equal(t, [4]uint64{0, 0, 0, 1}, v.Points[2].Alerts)
	assert.Equal(t, [4]uint64{1, 0, 1, 0}, v.Points[1].Alerts)
	checkPoints(t, &v)
}

func TestDryRunAlertsAreListedButNotCounted(t *testing.T) {
	s := newStore(t, clock)
	s.AddFlows([]flow.Flow{at(start, flow.Accept, 1)})
	live, trial := testAlert("live", alert.Opened, 0, alert.High), testAlert("trial", alert.Opened, 1, alert.High)
	trial.DryRun = true
	s.AddAlert(live)
	s.AddAlert(trial)
	assert.Equal(t, [4]uint64{0, 0, 1, 0}, s.View(Query{}).AlertsBySeverity)
	for dryRun, want := range map[DryRun][]string{"": {"trial", "live"}, NoDryRun: {"live"}, OnlyDryRun: {"trial"}} {
		list, total := s.Episodes(AlertQuery{DryRun: dryRun})
		assert.Equal(t, want, uids(list))
		assert.Equal(t, len(want), total)
	}
	s.AddAlert(testAlert("trial", alert.Updated, 2, alert.High)) // the rule is in service now
	assert.Equal(t, [4]uint64{0, 0, 2, 0}, s.View(Query{}).AlertsBySeverity)
}

func TestDryRunAlertsAreEvictedFirst(t *testing.T) {
	s := New(Settings{MaxAlerts: 32, MaxKeys: 64, Retention: time.Hour, Now: clock})
	for i := range 33 {
		a := testAlert(fmt.Sprint(i), alert.Resolved, i, alert.Low)
		a.DryRun = i >= 30
		s.AddAlert(a)
	}
	list, _ := s.Episodes(AlertQuery{})
	assert.Len(t, list, 30)
	for _, e := range list {
		assert.False(t, e.DryRun)
	}
}

func TestAlertFilters(t *testing.T) {
	s := newStore(t, clock)
	s.AddFlows([]flow.Flow{at(start.Add(48*time.Hour), flow.Accept, 1)})
	scan := testAlert("scan", alert.Opened, 0, alert.Low)
	out := testAlert("out", alert.Updated, 48*60, alert.Medium)
	out.Rule, out.Source, out.Destination = "large_outbound_transfer", netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("8.8.8.8")
	lists := testAlert("lists", alert.Resolved, 48*60-30, alert.High)
	lists.Source, lists.Sources = netip.Addr{}, []netip.Addr{netip.MustParseAddr("10.0.0.9")}
	lists.Destinations = []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("10.0.7.1")}
	listed := testAlert("listed", alert.Opened, 24*60, alert.Critical)
	listed.Indicator = netip.MustParseAddr("198.51.100.9")
	for _, text := range []string{
		"garbage", "", "a > b", "10.9.9.9:5 > [2001:db8:5::1]:443 tcp ACCEPT 1 60 1736899219 eni-1", "10.8.8.8:0 > 10.8.8.9:0 icmp REJECT 1 60 1736899219 -",
	} {
		listed.Samples = append(listed.Samples, alert.ParseSample(text))
	}
	for _, a := range []*alert.Alert{scan, out, lists, listed} {
		s.AddAlert(a)
	}
	for name, tt := range map[string]struct {
		query AlertQuery
		want  []string
	}{
		"no filter: most recent first":          {AlertQuery{}, []string{"out", "lists", "listed", "scan"}},
		"15 minutes":                            {AlertQuery{Range: 15 * time.Minute}, []string{"out"}},
		"an hour":                               {AlertQuery{Range: time.Hour}, []string{"out", "lists"}},
		"24 hours":                              {AlertQuery{Range: 24 * time.Hour}, []string{"out", "lists", "listed"}},
		"a rule":                                {AlertQuery{Rule: "large_outbound_transfer"}, []string{"out"}},
		"a rule without alerts":                 {AlertQuery{Rule: "dns_not_over_udp"}, nil},
		"a minimum severity":                    {AlertQuery{Severity: alert.High}, []string{"lists", "listed"}},
		"open":                                  {AlertQuery{Status: alert.Opened}, []string{"out", "listed", "scan"}},
		"open, queried as updated":              {AlertQuery{Status: alert.Updated}, []string{"out", "listed", "scan"}},
		"resolved":                              {AlertQuery{Status: alert.Resolved}, []string{"lists"}},
		"a source":                              {AlertQuery{Address: netip.MustParsePrefix("203.0.113.7/32")}, []string{"listed", "scan"}},
		"a destination":                         {AlertQuery{Address: netip.MustParsePrefix("8.8.8.8/32")}, []string{"out"}},
		"one of several sources":                {AlertQuery{Address: netip.MustParsePrefix("10.0.0.9/32")}, []string{"lists"}},
		"one of several destinations":           {AlertQuery{Address: netip.MustParsePrefix("10.0.7.0/24")}, []string{"lists"}},
		"an indicator":                          {AlertQuery{Address: netip.MustParsePrefix("198.51.100.9/32")}, []string{"listed"}},
		"the source of a sample":                {AlertQuery{Address: netip.MustParsePrefix("10.9.0.0/16")}, []string{"listed"}},
		"the destination of a sample":           {AlertQuery{Address: netip.MustParsePrefix("2001:db8:5::/48")}, []string{"listed"}},
		"an endpoint of a sample without ports": {AlertQuery{Address: netip.MustParsePrefix("10.8.8.9/32")}, []string{"listed"}},
		"an address in no alert":                {AlertQuery{Address: netip.MustParsePrefix("10.0.0.6/32")}, nil},
		"an address with the same prefix text":  {AlertQuery{Address: netip.MustParsePrefix("203.0.113.70/32")}, nil},
		"two filters":                           {AlertQuery{Severity: alert.Medium, Status: alert.Opened}, []string{"out", "listed"}},
		"the first page":                        {AlertQuery{Limit: 3}, []string{"out", "lists", "listed"}},
		"the second page":                       {AlertQuery{Limit: 3, Offset: 3}, []string{"scan"}},
		"beyond the last page":                  {AlertQuery{Limit: 3, Offset: 30}, nil},
		"a page with huge numbers":              {AlertQuery{Limit: math.MaxInt, Offset: math.MaxInt}, nil},
		"a page with a negative offset and no limit": {AlertQuery{Limit: -1, Offset: -5}, []string{"out", "lists", "listed", "scan"}},
	} {
		t.Run(name, func(t *testing.T) {
			list, total := s.Episodes(tt.query)
			assert.Equal(t, tt.want, uids(list))
			if tt.query.Limit == 0 {
				assert.Len(t, list, total)
			} else {
				assert.Equal(t, 4, total)
			}
		})
	}
}

func TestTheOldestAlertsAreEvictedResolvedOnesFirst(t *testing.T) {
	s := New(Settings{MaxAlerts: 32, MaxKeys: 64, Retention: time.Hour, Now: clock})
	for n := range 32 {
		status := alert.Opened
		if n >= 20 {
			status = alert.Resolved
		}
		s.AddAlert(testAlert(fmt.Sprintf("%02d", n), status, n, alert.Low))
	}
	assert.Zero(t, s.Health().Evicted["alerts"])
	s.AddAlert(testAlert("new", alert.Opened, 100, alert.Low))
	list, total := s.Episodes(AlertQuery{})
	assert.Equal(t, 30, total)
	assert.EqualValues(t, 3, s.Health().Evicted["alerts"])
	for _, evicted := range []string{"20", "21", "22"} {
		assert.NotContains(t, uids(list), evicted)
	}
	for n := range 32 {
		s.AddAlert(testAlert(fmt.Sprintf("later %02d", n), alert.Opened, 200+n, alert.Low))
		_, total := s.Episodes(AlertQuery{})
		assert.LessOrEqual(t, total, 32)
	}
	_, kept := s.Episode("00")
	assert.False(t, kept, "without resolved alerts, the oldest are evicted")
	_, kept = s.Episode("later 31")
	assert.True(t, kept)
}

func TestALimitOfOneAlertKeepsTheLatest(t *testing.T) {
	s := New(Settings{MaxAlerts: 1, MaxKeys: 64, Retention: time.Hour, Now: clock})
	s.AddAlert(testAlert("a", alert.Opened, 1, alert.Low))
	s.AddAlert(testAlert("b", alert.Opened, 2, alert.Low))
	list, _ := s.Episodes(AlertQuery{})
	assert.Equal(t, []string{"b"}, uids(list))
}

func TestInvalidAlertsAreCounted(t *testing.T) {
	s := newStore(t, clock)
	for _, a := range []*alert.Alert{
		testAlert("", alert.Opened, 1, alert.Low),
		{UID: "before flow logs", Time: year2010 - 1},
		{UID: "ahead", Time: clock().Add(maxFuture).Unix() + 1},
		{UID: "far ahead", Time: math.MaxInt64},
		{UID: "fine", Time: clock().Add(maxFuture).Unix(), FirstSeen: math.MaxInt64, LastSeen: math.MinInt64},
	} {
		s.AddAlert(a)
	}
	list, total := s.Episodes(AlertQuery{})
	require.Equal(t, 1, total)
	assert.Zero(t, list[0].FirstSeen, "JSON dates have four-digit years")
	assert.Zero(t, list[0].LastSeen)
	assert.Equal(t, map[string]uint64{"no_uid": 1, "time_out_of_range": 3}, s.Health().Undecodable)
	_, err := json.Marshal(list)
	require.NoError(t, err)
}

func TestAnAlertOlderThanTheRetentionIsListedButNotCharted(t *testing.T) {
	s := newStore(t, clock)
	s.AddFlows([]flow.Flow{at(start.Add(100*24*time.Hour), flow.Accept, 1)})
	s.AddAlert(testAlert("old", alert.Opened, 0, alert.Low))
	_, total := s.Episodes(AlertQuery{})
	assert.Equal(t, 1, total)
	v := s.View(Query{})
	assert.Zero(t, v.AlertsBySeverity)
	assert.Equal(t, start.Add(100*24*time.Hour), v.From)
}
