// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html/atom"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

func TestAllPanelsOfTheOverviewHaveData(t *testing.T) {
	p := pageOf(t, Handler(fullStore(), Options{}), "/")
	assert.NotContains(t, p.text(), "None in this range")
	for _, id := range []string{"alerts-over-time", "flows-by-action", "flows-by-class", "bytes-over-time"} {
		chart := p.byID(t, id)
		assert.NotEmpty(t, chart.all(func(e *node) bool { return e.Data == "rect" && strings.HasPrefix(e.attr("class"), "fill-") }), id)
		assert.Len(t, chart.all(func(e *node) bool { return e.attr("class") == "tip" }), 96, "%s: a tooltip for each point", id)
		assert.NotEmpty(t, chart.tags(atom.Table)[0].tags(atom.Td), "%s: the data as a table", id)
	}
	for _, d := range topDimensions {
		assert.NotEmpty(t, p.byID(t, "top-"+string(d.dimension)).tags(atom.Td), d.title)
	}
	assert.Contains(t, p.byID(t, "top-ports").text(), "443 HTTPS")
	assert.Contains(t, p.byID(t, "top-source_countries").text(), "DE Germany")
	assert.Contains(t, p.byID(t, "top-source_countries").text(), "Source countries (requests and replies)")
	assert.Contains(t, p.byID(t, "top-destination_countries").text(), "Destination countries (requests and replies)")
	assert.Len(t, p.byID(t, "matrix").tags(atom.Td), 25)
	assert.Len(t, p.byID(t, "newest-alerts").tags(atom.Tr), newestAlerts+1)
	assert.NotEmpty(t, p.byID(t, "health").tags(atom.Li))
}

func TestTheOverviewShowsItsTimeRange(t *testing.T) {
	text := pageOf(t, Handler(fullStore(), Options{}), "/").tags(atom.Main)[0].text()
	assert.Contains(t, text, "2026-03-09 12:00:00 UTC to 2026-03-10 12:00:00 UTC (1 d, counted back from the latest event)")
}

func TestEachChoiceKeepsTheOther(t *testing.T) {
	p := pageOf(t, Handler(fullStore(), Options{}), "/?range=1h&measure=bytes")
	links := p.links(t)
	for _, want := range []string{
		"/?measure=bytes&range=15m", "/?measure=bytes&range=all", "/?measure=flows&range=1h", "/?measure=rejects&range=1h",
	} {
		assert.Contains(t, links, want)
	}
	var current []string
	for _, a := range p.all(func(e *node) bool { return e.attr("aria-current") == "true" }) {
		current = append(current, a.text())
	}
	assert.Equal(t, []string{"1 hour", "Bytes"}, current)
	assert.Contains(t, links, "/alerts?range=1h&severity=critical", "a severity links to its alerts of the range")
}

func TestOldLogsAreShownInFullUnlessARangeIsGiven(t *testing.T) {
	for _, c := range []struct {
		lag  time.Duration
		path string
		want time.Duration
	}{
		{oldLogs, "/", oldLogs},
		{oldLogs + 1, "/", 0},
		{oldLogs + 1, "/?measure=bytes", 0},
		{oldLogs + 1, "/?range=24h", oldLogs},
	} {
		s := fullStore()
		s.view.Health.Received = latest.Add(c.lag)
		p := pageOf(t, Handler(s, Options{}), c.path)
		assert.Equal(t, c.want, s.viewQuery.Range, "%v %s", c.lag, c.path)
		current := p.all(func(e *node) bool { return e.attr("aria-current") == "true" })
		assert.Equal(t, c.want == 0, current[0].text() == "All", "%v %s", c.lag, c.path)
	}
}

func TestTheMeasureAppliesToTablesAndMatrix(t *testing.T) {
	p := pageOf(t, Handler(fullStore(), Options{}), "/?measure=bytes")
	assert.Contains(t, p.byID(t, "top-sources").text(), "300 kB")
	assert.Contains(t, p.byID(t, "matrix").tags(atom.Caption)[0].text(), "Bytes")
	p = pageOf(t, Handler(fullStore(), Options{}), "/?measure=rejects")
	assert.Contains(t, p.byID(t, "top-sources").text(), "300 k ")
}

func TestUpperBoundsAreMarked(t *testing.T) {
	panel := pageOf(t, Handler(fullStore(), Options{}), "/").byID(t, "top-sources")
	assert.Contains(t, panel.text(), "≤ 18.8 k")
	values := panel.all(func(e *node) bool { return e.has("title") && e.DataAtom == atom.Td })
	assert.Equal(t, "300,000", values[0].attr("title"))
	assert.Equal(t, "18,660 to 18,750", values[4].attr("title"))
}

func TestWithoutDataThePageExplainsWhatToDo(t *testing.T) {
	main := pageOf(t, Handler(&fakeStore{}, Options{}), "/").tags(atom.Main)[0]
	assert.Contains(t, main.text(), "No data received yet")
	assert.Contains(t, main.text(), "exporters: [vpc_dashboard]")
	assert.Contains(t, main.text(), "Check its paths, bucket or queue")
	assert.Contains(t, main.text(), "The page is empty after a restart")
	assert.NotContains(t, main.text(), "start_at", "the receiver documents where it starts")
	assert.Empty(t, main.tags(atom.Table))
}

func TestPanelsWithoutDataSaySo(t *testing.T) {
	s := &fakeStore{view: overview.View{From: latest, To: latest.Add(1), Points: []overview.Point{{Time: latest}}}}
	p := pageOf(t, Handler(s, Options{}), "/")
	for _, id := range []string{"alerts-over-time", "flows-by-action", "top-sources", "newest-alerts"} {
		assert.Contains(t, p.byID(t, id).text(), "None in this range", id)
	}
	assert.Contains(t, p.byID(t, "matrix").text(), "No traffic between internal subnets")
}

func TestTiles(t *testing.T) {
	v := overview.View{
		Totals:   traffic.Totals{Flows: 1500, Bytes: 2_000_000, Packets: 10, Accepted: 900, Rejected: 100},
		Previous: &traffic.Totals{Flows: 1000, Bytes: 4_000_000, Packets: 10, Accepted: 600, Rejected: 200},
	}
	list := totalTiles(&v)
	require.Len(t, list, 6)
	assert.Equal(t, tile{"Flows", "1,500", "1,500", "+ 50 %", "1,000"}, list[0])
	assert.Equal(t, tile{"Bytes", "2 MB", "2,000,000", "− 50 %", "4 MB"}, list[1])
	assert.Equal(t, tile{"Packets", "10", "10", "no change", "10"}, list[2])
	assert.Equal(t, tile{"Rejected share", "10 %", "100 of 1,000 flows with an action", "− 15.0 points", "25 %"}, list[5])
	v.Previous = nil
	for _, tile := range totalTiles(&v) {
		assert.Empty(t, tile.Change+tile.Previous, tile.Label)
	}
}

func TestChange(t *testing.T) {
	for _, c := range []struct {
		now, before uint64
		want        string
	}{
		{0, 0, "no change"},
		{5, 5, "no change"},
		{5, 0, "none before"},
		{0, 5, "− 100 %"},
		{10_001, 10_000, "+ < 0.1 %"},
		{1099, 100, "+ 999 %"},
		{1100, 100, "× 11"},
		{1_000_000_000, 1, "× 9,999"},
	} {
		assert.Equal(t, c.want, change(c.now, c.before), "%d, %d", c.now, c.before)
	}
}

func TestShade(t *testing.T) {
	assert.Equal(t, 0, shade(0, 1000))
	assert.Equal(t, 1, shade(1, 1_000_000))
	assert.Equal(t, maxShade, shade(1000, 1000))
	assert.Equal(t, maxShade, shade(1, 1))
	for v, last := uint64(1), 0; v < 1<<40; v *= 2 {
		now := shade(v, 1<<40)
		assert.GreaterOrEqual(t, now, last)
		last = now
	}
}

func BenchmarkOverviewPage(b *testing.B) {
	h := Handler(fullStore(), Options{})
	for b.Loop() {
		if status := getB(b, h, "/"); status != 200 {
			b.Fatal(status)
		}
	}
}
