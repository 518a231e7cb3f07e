// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html/atom"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

func TestTheListHasAllAlertsAndAllTheirFields(t *testing.T) {
	s := fullStore()
	p := pageOf(t, Handler(s, Options{}), "/alerts")
	assert.Contains(t, p.byID(t, "found").text(), "1 to 14 of 14 alerts, most recent first")
	for _, e := range s.episodes {
		row := p.byID(t, "alert-"+e.UID)
		assert.Contains(t, row.text(), e.Body)
		assert.Contains(t, row.text(), e.Source.String())
		assert.Contains(t, row.text(), "2 addresses")
		assert.Contains(t, row.links(t), "/alerts/"+e.UID)
		for _, f := range facts(&e.Alert) {
			assert.Contains(t, row.text(), f.Name)
		}
	}
}

func TestTheFormShowsWhatWasAsked(t *testing.T) {
	p := pageOf(t, Handler(fullStore(), Options{}), "/alerts?rule=new_internal_peer&severity=low&status=open&range=6h&address=10.20.0.0/16")
	var selected []string
	for _, o := range p.all(func(e *node) bool { return e.DataAtom == atom.Option && e.has("selected") }) {
		selected = append(selected, o.attr("value"))
	}
	assert.Equal(t, []string{"new_internal_peer", "low", "open", "6h"}, selected)
	assert.Equal(t, "10.20.0.0/16", p.byID(t, "address").attr("value"))
	assert.Contains(t, p.byID(t, "found").text(), "that match")
	assert.Len(t, p.byID(t, "rule").tags(atom.Option), len(detect.Rules)+1)

	p = pageOf(t, Handler(fullStore(), Options{}), "/alerts?rule=of_another_build")
	assert.Contains(t, p.byID(t, "rule").text(), "of_another_build")
}

func TestPagesKeepTheFilters(t *testing.T) {
	s := fullStore()
	s.total = 120
	links := pageOf(t, Handler(s, Options{}), "/alerts?severity=low&page=2").links(t)
	assert.Contains(t, links, "/alerts?severity=low", "newer")
	assert.Contains(t, links, "/alerts?page=3&severity=low", "older")
	p := pageOf(t, Handler(s, Options{}), "/alerts?page=3")
	assert.Contains(t, p.byID(t, "found").text(), "101 to 114 of 120")
	assert.NotContains(t, p.text(), "Older")
}

func TestAListOfNothingSaysWhy(t *testing.T) {
	for path, want := range map[string]string{
		"/alerts":              "No rule has fired",
		"/alerts?severity=low": "Show all alerts",
	} {
		assert.Contains(t, pageOf(t, Handler(&fakeStore{}, Options{}), path).text(), want, path)
	}
	beyond := &fakeStore{total: 3}
	assert.Contains(t, pageOf(t, Handler(beyond, Options{}), "/alerts?page=9").text(), "Back to the newest")
}

func TestAnAlertHasAPage(t *testing.T) {
	s := fullStore()
	for _, e := range s.episodes {
		p := pageOf(t, Handler(s, Options{}), "/alerts/"+e.UID)
		assert.Equal(t, e.Body, p.tags(atom.H1)[0].text())
		assert.Equal(t, strings.Join(strings.Fields(e.Mitigation), " "), p.byID(t, "mitigation").text())
		assert.Equal(t, strings.Join(strings.Fields(e.Impact), " "), p.byID(t, "impact").text())
		assert.Contains(t, p.links(t), "https://attack.mitre.org/techniques/"+e.Technique.ID+"/")
		assert.Contains(t, p.links(t), "https://attack.mitre.org/tactics/"+e.Tactic.ID+"/")
		assert.Contains(t, p.links(t), "/api/alerts/"+e.UID)
		assert.Len(t, p.byID(t, "samples").tags(atom.Tr), 3)
		assert.Contains(t, p.byID(t, "samples").text(), "10.20.1.1:50024 10.20.2.20:22 tcp REJECT 1 60 B")
		assert.Contains(t, p.byID(t, "role").text(), "certain")
		assert.Contains(t, p.byID(t, "allow").text(), e.Rule)
		assert.Contains(t, p.text(), "12.5 times that")
	}
}

func TestAnAlertOfWhichLittleIsKnownHasAPage(t *testing.T) {
	s := fullStore()
	s.episodes[0].Alert = alert.Alert{UID: "a", Status: alert.Resolved, Rule: "new_rule"}
	p := pageOf(t, Handler(s, Options{}), "/alerts/a")
	assert.Equal(t, "new_rule", p.tags(atom.H1)[0].text())
	assert.Contains(t, p.text(), "unknown")
	assert.Contains(t, p.text(), "resolved")
	assert.Contains(t, p.text(), "One is enough")
	assert.Contains(t, p.byID(t, "mitigation").text(), "does not say")
	assert.NotContains(t, p.text(), "If this is expected")
}

func TestAUIDIsEscapedInLinks(t *testing.T) {
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
		e := episode{}
		e.Alert = a
		assert.Equal(t, want, e.Target())
	}
}

func TestOnlyAListThatIsCutHasMore(t *testing.T) {
	addresses := make([]netip.Addr, alert.MaxList)
	ports := make([]uint16, alert.MaxList)
	for i := range addresses {
		addresses[i], ports[i] = netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), uint16(i+1)
	}
	const floor = "it may be more than was counted"
	for name, c := range map[string]struct {
		change func(*alert.Alert)
		more   []string // what is said to be more, of Sources, Destinations, Ports and the measure
	}{
		"ports":        {func(a *alert.Alert) { a.DestinationPorts = ports }, []string{"Ports"}},
		"destinations": {func(a *alert.Alert) { a.Destinations = addresses }, []string{"Destinations"}},
		"sources":      {func(a *alert.Alert) { a.Source, a.Sources = netip.Addr{}, addresses }, []string{"Sources"}},
		"the measure":  {func(a *alert.Alert) { a.Destinations, a.DestinationPorts = addresses[1:], ports[1:] }, []string{floor}},
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
			var more []string
			var title string
			for _, e := range p.all(func(e *node) bool { return e.DataAtom == atom.Dt || e.DataAtom == atom.Dd }) {
				if e.DataAtom == atom.Dt {
					title = e.text()
				} else if strings.HasSuffix(e.text(), " and more") {
					more = append(more, title)
				}
			}
			if strings.Contains(p.text(), floor) {
				more = append(more, floor)
			}
			assert.Equal(t, c.more, more)
			row := pageOf(t, h, "/alerts").byID(t, "alert-"+a.UID).text()
			assert.Equal(t, name == "sources" || name == "destinations", strings.Contains(row, "20 or more addresses"))
		})
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		a              alert.Alert
		measure, limit string
		times          string
		level          int64
	}{
		{alert.Alert{Measure: 1, Unit: alert.Flows}, "1 flow", "", "", 0},
		{alert.Alert{Measure: 3, Threshold: 1, Unit: alert.Flows}, "3 flows", "", "3 times that", 33},
		{alert.Alert{Measure: 20, Threshold: 20, Unit: alert.Ports, Window: 600}, "20 ports", "threshold is 20 ports in 10 min", "", 100},
		{alert.Alert{Measure: 60_000_000, Threshold: 20_000_000, Unit: alert.Bytes, Window: 3600}, "60 MB", "threshold is 20 MB in 1 h", "3 times that", 33},
		{alert.Alert{Measure: -5, Threshold: -1}, "0", "", "", 0},
	} {
		e := episode{}
		e.Alert = c.a
		assert.Equal(t, c.measure, e.AmountMeasured())
		assert.Equal(t, c.limit, e.Limit())
		assert.Equal(t, c.times, e.Times())
		assert.Equal(t, c.level, e.Level())
	}
}

func TestOnlyIDsOfMITREBecomeLinks(t *testing.T) {
	for id, want := range map[string]string{
		"T1046":     "https://attack.mitre.org/techniques/T1046/",
		"T1021.004": "https://attack.mitre.org/techniques/T1021/004/",
		"":          "", "T104": "", "T1046/../x": "", "javascript:alert(1)": "", "xT1046": "",
	} {
		assert.Equal(t, want, techniqueURL(id), id)
	}
	e := episode{}
	for id, want := range map[string]string{"TA0043": "https://attack.mitre.org/tactics/TA0043/", "T1046": "", "": ""} {
		e.Tactic.ID = id
		assert.Equal(t, want, e.TacticURL(), id)
	}
}

func TestRoles(t *testing.T) {
	seen := map[string]bool{}
	for _, evidence := range []alert.RoleEvidence{alert.ByFlags, alert.ByPorts, alert.ByNone, "", "<b>"} {
		e := episode{}
		e.RoleEvidence = evidence
		assert.NotContains(t, e.Roles(), "<")
		seen[e.Roles()] = true
	}
	assert.Len(t, seen, 4)
}

func TestSamplesShowTheirFieldsOrTheirText(t *testing.T) {
	got := samples([]alert.Sample{alert.ParseSample("10.0.0.1:50000 > [2001:db8::1]:22 tcp REJECT 3 180 1736899200 -"), {Raw: "x"}})
	require.True(t, got[0].Parsed())
	assert.Equal(t, "2025-01-15 00:00:00 UTC", utc(got[0].Time()))
	assert.Equal(t, "-", got[0].Interface())
	assert.False(t, got[1].Parsed())
}

func FuzzSample(f *testing.F) {
	f.Add("10.0.0.1:50000 > [2001:db8::1]:22 tcp REJECT 3 180 1736899200 eni-1")
	f.Add(hostile)
	f.Fuzz(func(t *testing.T, text string) {
		if s := (sample{alert.ParseSample(text)}); s.Parsed() {
			assert.True(t, s.Source.IsValid() && s.Destination.IsValid())
			_ = utc(s.Time())
		}
		_ = visible(text)
	})
}
