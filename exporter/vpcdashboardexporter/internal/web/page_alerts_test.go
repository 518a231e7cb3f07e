// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html/atom"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/playbook"
)

func TestTheListHasAllFieldsOfAllAlerts(t *testing.T) {
	s := fullStore()
	p := pageOf(t, Handler(s, Options{}), "/alerts")
	assert.Contains(t, p.byID(t, "found").text(), fmt.Sprintf("1 to %d of %[1]d alerts, most recent first", len(s.episodes)))
	for _, e := range s.episodes {
		row := p.byID(t, "alert-"+e.UID)
		assert.Contains(t, row.text(), e.Body)
		assert.Contains(t, row.text(), e.Source.String())
		assert.Contains(t, row.text(), "2 addresses")
		assert.Contains(t, row.links(t), "/alerts/"+e.UID)
		for _, f := range recordFields(&e.Alert) {
			assert.Contains(t, row.text(), f.Name)
		}
	}
}

func TestTheFormShowsTheFilters(t *testing.T) {
	p := pageOf(t, Handler(fullStore(), Options{}), "/alerts?rule=new_internal_peer&severity=low&status=open&dry_run=no&range=6h&address=10.20.0.0/16")
	var selected []string
	for _, o := range p.all(func(e *node) bool { return e.DataAtom == atom.Option && e.has("selected") }) {
		selected = append(selected, o.attr("value"))
	}
	assert.Equal(t, []string{"new_internal_peer", "low", "open", "no", "6h"}, selected)
	assert.Equal(t, "10.20.0.0/16", p.byID(t, "address").attr("value"))
	assert.Contains(t, p.byID(t, "found").text(), "matching alerts")
	assert.Len(t, p.byID(t, "rule").tags(atom.Option), len(detect.Rules)+2, "any rule, and flow_logs_stopped")

	p = pageOf(t, Handler(fullStore(), Options{}), "/alerts?rule=of_another_build")
	assert.Contains(t, p.byID(t, "rule").text(), "of_another_build")
}

func TestTheFormOffersTheCustomRulesOfListedAlerts(t *testing.T) {
	s := fullStore()
	s.episodes[0].Rule, s.episodes[0].Title = "smb_to_internet", "SMB leaves the network"
	s.episodes[1].Rule, s.episodes[1].Title = "smb_to_internet", "SMB leaves the network"
	p := pageOf(t, Handler(s, Options{}), "/alerts")
	options := map[string]int{}
	for _, o := range p.byID(t, "rule").tags(atom.Option) {
		options[o.attr("value")+": "+o.text()]++
	}
	assert.Equal(t, 1, options["smb_to_internet: SMB leaves the network"])
	s.episodes[2].Rule = "not a rule\x1b"
	p = pageOf(t, Handler(s, Options{}), "/alerts")
	assert.NotContains(t, p.byID(t, "rule").text(), "not a rule")
	p = pageOf(t, Handler(s, Options{}), "/alerts?rule=smb_to_internet")
	assert.Contains(t, p.byID(t, "found").text(), "matching alerts")
}

func TestPageLinksKeepTheFilters(t *testing.T) {
	s := fullStore()
	s.total = 120
	links := pageOf(t, Handler(s, Options{}), "/alerts?severity=low&page=2").links(t)
	assert.Contains(t, links, "/alerts?severity=low", "newer")
	assert.Contains(t, links, "/alerts?page=3&severity=low", "older")
	p := pageOf(t, Handler(s, Options{}), "/alerts?page=3")
	assert.Contains(t, p.byID(t, "found").text(), fmt.Sprintf("101 to %d of 120", 100+len(s.episodes)))
	assert.NotContains(t, p.text(), "Older")
}

func TestAnEmptyListExplainsWhy(t *testing.T) {
	for path, want := range map[string]string{
		"/alerts":              "No rule has fired",
		"/alerts?severity=low": "show all alerts",
	} {
		assert.Contains(t, pageOf(t, Handler(&fakeStore{}, Options{}), path).text(), want, path)
	}
	beyond := &fakeStore{total: 3}
	assert.Contains(t, pageOf(t, Handler(beyond, Options{}), "/alerts?page=9").text(), "Back to the newest")
}

func TestTheAlertPageHasAllContent(t *testing.T) {
	s := fullStore()
	for _, e := range s.episodes {
		p := pageOf(t, Handler(s, Options{}), "/alerts/"+e.UID)
		assert.Equal(t, e.Body, p.tags(atom.H1)[0].text())
		assert.Equal(t, strings.Join(strings.Fields(e.Mitigation), " "), p.byID(t, "mitigation").text())
		assert.Equal(t, strings.Join(strings.Fields(e.Impact), " "), p.byID(t, "impact").text())
		assert.Contains(t, p.links(t), "https://attack.mitre.org/techniques/"+detect.BestClassification(&e.Alert).Technique.ID+"/")
		assert.Contains(t, p.links(t), "https://attack.mitre.org/tactics/"+detect.BestClassification(&e.Alert).Tactic.ID+"/")
		assert.Contains(t, p.links(t), "/api/alerts/"+e.UID)
		assert.Len(t, p.byID(t, "samples").tags(atom.Tr), 3)
		assert.Contains(t, p.byID(t, "samples").text(), "10.20.1.1:50024 10.20.2.20:22 tcp REJECT 1 60 B")
		assert.Contains(t, p.byID(t, "role").text(), "certain")
		assert.Contains(t, p.byID(t, "allowlist").text(), e.Rule)
		assert.Contains(t, p.text(), "12.5 times the threshold")
	}
}

func TestTheAlertPageEndsWithTheNextSteps(t *testing.T) {
	s := fullStore()
	for _, e := range s.episodes {
		p := pageOf(t, Handler(s, Options{}), "/alerts/"+e.UID)
		for i, step := range playbook.Steps(&e.Alert) {
			assert.Equal(t, step.Title, p.byID(t, fmt.Sprintf("step-%d-title", i)).text())
			pre := p.byID(t, fmt.Sprintf("step-%d", i))
			assert.Equal(t, strings.Join(strings.Fields(step.Command), " "), pre.text())
			assert.Equal(t, atom.Pre, pre.DataAtom)
		}
		titles := p.tags(atom.H2)
		assert.Equal(t, "Next steps", titles[len(titles)-1].text())
		assert.Contains(t, p.text(), "Run the commands in account 111122223333.")
		assert.Contains(t, p.links(t), "https://github.com/vpcflow/otelcol-vpcflow/blob/main/docs/rules.md#"+e.Rule)
	}
}

func TestPagesShowTheTotalsOfTheEpisode(t *testing.T) {
	s := fullStore()
	a := &s.episodes[1].Alert
	a.Unit, a.Measure, a.Threshold, a.Window, a.Status = alert.Bytes, 21_700_000, 20_000_000, 3600, alert.Resolved
	a.Episode = alert.Totals{Measure: 60_000_000, Flows: 12, Packets: 41_000, Bytes: 60_000_000, Seconds: 1260}
	h := Handler(s, Options{})
	p := pageOf(t, h, "/alerts/"+a.UID)
	assert.Equal(t, "60 MB", p.byID(t, "total").text())
	assert.Equal(t, "21.7 MB", p.byID(t, "measured").text())
	assert.Contains(t, p.text(), "In total, from the first to the last flow: 12 flows, 41,000 packets, 60 MB over 21 min")
	assert.Equal(t, "2026-03-10 10:39:00 UTC until 11:00:00 (21 min)", p.byID(t, "since").text())
	assert.Contains(t, pageOf(t, h, "/alerts").byID(t, "alert-"+a.UID).text(), "60 MB when it alerted: 21.7 MB threshold: 20 MB within 1 h")
	opened := s.episodes[0]
	assert.Equal(t, "250 attempts", pageOf(t, h, "/alerts/"+opened.UID).byID(t, "measured").text())
	assert.NotContains(t, pageOf(t, h, "/alerts").byID(t, "alert-"+opened.UID).text(), "when it alerted")
}

func TestPagesShowTheMachinesOfBothSides(t *testing.T) {
	s := fullStore()
	a := &s.episodes[1].Alert
	a.Destination = netip.MustParseAddr("203.0.113.9")
	a.SourceMachine = alert.Machine{Instance: "i-1", Group: "web", Name: "web-7", Owner: "payments"}
	a.DestinationAS = alert.AS{Number: 64496, Organization: "Example Networks"}
	h := Handler(s, Options{})
	p := pageOf(t, h, "/alerts/"+a.UID)
	assert.Equal(t, "web-7, i-1, group web, owner payments", p.byID(t, "source-machine").text())
	assert.Contains(t, p.text(), "203.0.113.9 · AS64496 Example Networks")
	assert.Contains(t, pageOf(t, h, "/alerts").byID(t, "alert-"+a.UID).text(), "web-7")
	got := getJSON(t, s, "/api/alerts/"+a.UID)
	assert.Equal(t, map[string]any{"instance": "i-1", "group": "web", "name": "web-7", "owner": "payments"}, got["source_machine"])
	assert.Equal(t, map[string]any{"number": json.Number("64496"), "organization": "Example Networks"}, got["destination_as"])
	assert.NotContains(t, got, "destination_machine")
}

func TestPagesSayWhetherItWorked(t *testing.T) {
	s := fullStore()
	a := &s.episodes[1].Alert
	a.AcceptedFlows, a.RejectedFlows = 2, 248
	a.AcceptedTargets = []netip.AddrPort{netip.MustParseAddrPort("10.20.2.20:443"), netip.MustParseAddrPort("10.20.2.21:0")}
	h := Handler(s, Options{})
	p := pageOf(t, h, "/alerts/"+a.UID)
	assert.Equal(t, "Yes, in part: 2 flows were accepted, 248 rejected.", p.byID(t, "outcome").text())
	assert.Equal(t, "10.20.2.20:443 (HTTPS), 10.20.2.21", p.byID(t, "accepted").text())
	assert.Contains(t, pageOf(t, h, "/alerts").byID(t, "alert-"+a.UID).text(), "in part")
}

func TestTheAlertPageShowsTheSourcePort(t *testing.T) {
	s := fullStore()
	a := &s.episodes[1].Alert
	h := Handler(s, Options{})
	assert.NotContains(t, pageOf(t, h, "/alerts/"+a.UID).text(), "Source port")
	a.SourcePort = 3389
	assert.Contains(t, pageOf(t, h, "/alerts/"+a.UID).text(), "Source port 3389 Remote Desktop")
}

func TestTheAlertPageHandlesMissingFields(t *testing.T) {
	s := fullStore()
	s.episodes[0].Alert = alert.Alert{UID: "a", Status: alert.Resolved, Rule: "new_rule"}
	p := pageOf(t, Handler(s, Options{}), "/alerts/a")
	assert.Equal(t, "new_rule", p.tags(atom.H1)[0].text())
	assert.Contains(t, p.text(), "unknown")
	assert.Contains(t, p.text(), "resolved")
	assert.Contains(t, p.text(), "One event is enough")
	assert.Contains(t, p.byID(t, "mitigation").text(), "Not stated in the alert")
	assert.NotContains(t, p.text(), "If this is expected")
}

func TestPagesShowListAndCategory(t *testing.T) {
	s := fullStore()
	a := &s.episodes[1].Alert
	a.Indicator, a.Feed, a.IndicatorProvider, a.IndicatorCategory = netip.MustParseAddr("203.0.113.9"), "feodo", "feodo", "botnet command and control"
	p := pageOf(t, Handler(s, Options{}), "/alerts/"+a.UID)
	assert.Contains(t, p.text(), "On a threat list 203.0.113.9 of list feodo , botnet command and control Flows")
	threat := getJSON(t, s, "/api/alerts/"+a.UID)["threat"].(map[string]any)
	assert.Equal(t, "botnet command and control", threat["category"])
}

func TestPagesMarkDryRunAlerts(t *testing.T) {
	s := fullStore()
	trial, live := &s.episodes[1].Alert, &s.episodes[2].Alert
	trial.DryRun = true
	h := Handler(s, Options{})
	p := pageOf(t, h, "/alerts/"+trial.UID)
	assert.Equal(t, "This rule is in dry run: nobody was notified of this alert.", p.byID(t, "dry-run").text())
	assert.NotContains(t, pageOf(t, h, "/alerts/"+live.UID).text(), "dry run")
	list := pageOf(t, h, "/alerts")
	assert.Contains(t, list.byID(t, "alert-"+trial.UID).text(), "dry run open")
	assert.NotContains(t, list.byID(t, "alert-"+live.UID).text(), "dry run")
	assert.Equal(t, true, getJSON(t, s, "/api/alerts/"+trial.UID)["dry_run"])
	assert.NotContains(t, getJSON(t, s, "/api/alerts/"+live.UID), "dry_run")

	home := pageOf(t, h, "/")
	assert.Contains(t, home.links(t), "/alerts?dry_run=no&range=24h&severity=high", "the list has as many alerts as the tile")
	assert.NotContains(t, home.byID(t, "newest-alerts").text(), trial.Body)
	assert.Contains(t, home.byID(t, "newest-alerts").text(), live.Body)
}

func TestTheUIDIsEscapedInLinks(t *testing.T) {
	s := fullStore()
	s.episodes[0].UID = "../a?b#c/<d>"
	h := Handler(s, Options{})
	links := pageOf(t, h, "/alerts").links(t)
	assert.Contains(t, links, "/alerts/..%2Fa%3Fb%23c%2F%3Cd%3E")
	assert.Equal(t, http.StatusOK, get(t, h, "/alerts/..%2Fa%3Fb%23c%2F%3Cd%3E").Code)
}

func TestTarget(t *testing.T) {
	one, two := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")
	many := slices.Repeat([]netip.Addr{one}, alert.MaxList)
	for want, a := range map[string]alert.Alert{
		"10.0.0.1:22":          {Destination: one, DestinationPort: 22},
		"[2001:db8::1]:22":     {Destination: two, DestinationPort: 22},
		"2001:db8::2":          {Destinations: []netip.Addr{netip.MustParseAddr("2001:db8::2")}},
		"2001:db8::1":          {Destination: two, Destinations: []netip.Addr{one, two}},
		"2 addresses":          {Destinations: []netip.Addr{one, two}},
		"20 addresses":         {Destinations: many},
		"20 or more addresses": {Destinations: many, Truncated: true},
		"19 addresses":         {Destinations: many[1:], Truncated: true},
		"10.0.0.1":             {Destinations: many[:1], Truncated: true},
		"port 53":              {DestinationPort: 53},
		"":                     {},
	} {
		e := alertView{}
		e.Alert = a
		assert.Equal(t, want, e.Target())
	}
}

func TestOnlyTruncatedListsAreMarked(t *testing.T) {
	addresses := make([]netip.Addr, alert.MaxList)
	ports := make([]uint16, alert.MaxList)
	for i := range addresses {
		addresses[i], ports[i] = netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), uint16(i+1)
	}
	const lowerBound = "the true value may be higher"
	for name, c := range map[string]struct {
		change func(*alert.Alert)
		marked []string // the marked lists, and whether the measured value is marked
	}{
		"ports":        {func(a *alert.Alert) { a.DestinationPorts = ports }, []string{"Ports"}},
		"destinations": {func(a *alert.Alert) { a.Destinations = addresses }, []string{"Destinations"}},
		"sources":      {func(a *alert.Alert) { a.Source, a.Sources = netip.Addr{}, addresses }, []string{"Sources"}},
		"the measure":  {func(a *alert.Alert) { a.Destinations, a.DestinationPorts = addresses[1:], ports[1:] }, []string{lowerBound}},
		"nothing": {func(a *alert.Alert) {
			a.Sources, a.Destinations, a.DestinationPorts, a.Truncated = addresses, addresses, ports, false
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := fullStore()
			a := &s.episodes[0].Alert
			a.Truncated = true
			c.change(a)
			h := Handler(s, Options{})
			p := pageOf(t, h, "/alerts/"+a.UID)
			var marked []string
			var title string
			for _, e := range p.all(func(e *node) bool { return e.DataAtom == atom.Dt || e.DataAtom == atom.Dd }) {
				if e.DataAtom == atom.Dt {
					title = e.text()
				} else if strings.HasSuffix(e.text(), " and more") {
					marked = append(marked, title)
				}
			}
			if strings.Contains(p.text(), lowerBound) {
				marked = append(marked, lowerBound)
			}
			assert.Equal(t, c.marked, marked)
			row := pageOf(t, h, "/alerts").byID(t, "alert-"+a.UID).text()
			assert.Equal(t, name == "sources" || name == "destinations", strings.Contains(row, "20 or more addresses"))
		})
	}
}

func TestThresholdTexts(t *testing.T) {
	for _, c := range []struct {
		a                   alert.Alert
		measured, threshold string
		factor              string
		percent             int64
	}{
		{alert.Alert{Measure: 1, Unit: alert.Flows}, "1 flow", "", "", 0},
		{alert.Alert{Measure: 3, Threshold: 1, Unit: alert.Flows}, "3 flows", "", "3 times the threshold", 33},
		{alert.Alert{Measure: 20, Threshold: 20, Unit: alert.Ports, Window: 600}, "20 ports", "20 ports within 10 min", "", 100},
		{alert.Alert{Measure: 60_000_000, Threshold: 20_000_000, Unit: alert.Bytes, Window: 3600}, "60 MB", "20 MB within 1 h", "3 times the threshold", 33},
		{alert.Alert{Measure: -5, Threshold: -1}, "0", "", "", 0},
	} {
		e := alertView{}
		e.Alert = c.a
		assert.Equal(t, c.measured, e.MeasuredAmount())
		assert.Equal(t, c.threshold, e.ThresholdText())
		assert.Equal(t, c.factor, e.ThresholdFactor())
		assert.Equal(t, c.percent, e.ThresholdPercent())
	}
}

func TestEachRoleEvidenceHasItsText(t *testing.T) {
	seen := map[string]bool{}
	for _, evidence := range []alert.RoleEvidence{alert.ByFlags, alert.ByPorts, alert.ByNone, "", "<b>"} {
		e := alertView{}
		e.RoleEvidence = evidence
		assert.NotContains(t, e.Roles(), "<")
		seen[e.Roles()] = true
	}
	assert.Len(t, seen, 4)
}

func TestSamplesShowTheirFieldsOrTheirText(t *testing.T) {
	s := fullStore()
	s.episodes[0].Samples = []alert.Sample{
		alert.ParseSample("10.0.0.1:50000 > [2001:db8::1]:22 tcp REJECT 3 180 1736899200 -"), {Raw: "unparsed text"},
	}
	rows := pageOf(t, Handler(s, Options{}), "/alerts/"+s.episodes[0].UID).byID(t, "samples").tags(atom.Tr)
	require.Len(t, rows, 3)
	assert.Equal(t, "2025-01-15 00:00:00 UTC 10.0.0.1:50000 [2001:db8::1]:22 tcp REJECT 3 180 B -", rows[1].text())
	assert.Equal(t, "unparsed text", rows[2].text())
}

func FuzzVisibleText(f *testing.F) {
	f.Add("10.0.0.1:50000 > [2001:db8::1]:22 tcp REJECT 3 180 1736899200 eni-1")
	f.Add(hostile)
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range visibleText(text) {
			assert.False(t, unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r))
		}
	})
}
