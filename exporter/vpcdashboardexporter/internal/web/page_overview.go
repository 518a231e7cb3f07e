// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// newestAlerts is how many alerts the overview lists.
const newestAlerts = 6

// overviewBody is what the template of the overview shows.
type overviewBody struct {
	Ask        overviewAsk
	Spans      []span
	Measures   []choice
	View       overview.View
	Empty      bool
	Length     time.Duration
	Tiles      []tile
	Severities []severityTile
	Charts     []*chart
	Alerts     []episode
	AllAlerts  uint64
	Tops       []topTable
	Matrix     matrix
	Health     []finding
}

// choice is one of several from which to choose by a link.
type choice struct{ Name, Label string }

var measures = []choice{
	{string(overview.ByFlows), "Flows"}, {string(overview.ByBytes), "Bytes"}, {string(overview.ByRejects), "Rejects"},
}

func (h *handler) overviewPage(w http.ResponseWriter, r *http.Request) {
	ask, bad := askOverview(r)
	if bad != nil {
		h.badRequest(w, bad)
		return
	}
	if health := h.store.Health(); r.URL.Query().Get("range") == "" && health.Received.Sub(health.Latest) > day {
		ask.Range, ask.query.Range = "all", 0 // old logs are read again: what they have to say is rarely in their last day
	}
	view := h.store.View(ask.query)
	newest, _ := h.store.Episodes(overview.AlertQuery{Range: ask.query.Range, Limit: newestAlerts})
	_, all := h.store.Episodes(overview.AlertQuery{Limit: 1})
	body := overviewBody{
		Ask: ask, Spans: spans, Measures: measures, View: view, Empty: view.To.IsZero(), Length: view.To.Sub(view.From),
		Tiles: tiles(&view), Severities: h.severityTiles(ask), Charts: overviewCharts(&view),
		Alerts: episodes(newest), AllAlerts: positive(int64(all)),
		Tops: topTables(&view, ask.Measure), Matrix: newMatrix(&view.Matrix, ask.Measure),
		Health: h.findings(r.Context(), &view.Health),
	}
	h.render(w, http.StatusOK, "overview", page{Title: "Overview", Nav: "overview", Marker: all, Body: body})
}

// overviewCharts are the pictures of traffic and alerts over time.
func overviewCharts(v *overview.View) []*chart {
	values := func(of func(*overview.Point) uint64) []uint64 {
		list := make([]uint64, len(v.Points))
		for i := range v.Points {
			list[i] = of(&v.Points[i])
		}
		return list
	}
	unsaid := func(p *overview.Point) uint64 { return p.Flows - min(p.Flows, p.Accepted+p.Rejected) }
	actions := []series{
		newSeries("Accepted", "accepted", values(func(p *overview.Point) uint64 { return p.Accepted })),
		newSeries("Rejected", "rejected", values(func(p *overview.Point) uint64 { return p.Rejected })),
	}
	if s := newSeries("No action", "unsaid", values(unsaid)); s.Total > 0 {
		actions = append(actions, s)
	}
	var classes, severities []series
	for _, c := range shownClasses {
		classes = append(classes, newSeries(c.label, c.style,
			values(func(p *overview.Point) uint64 { return p.Classes[c.class] })))
	}
	for i, s := range severityNames {
		severities = append(severities, newSeries(s.label, s.name, values(func(p *overview.Point) uint64 { return p.Alerts[i] })))
	}
	amount := []series{newSeries("Bytes", "amount", values(func(p *overview.Point) uint64 { return p.Bytes }))}
	list := []*chart{
		{ID: "alerts-over-time", Title: "Alerts opened, by severity", Series: severities},
		{ID: "flows-by-action", Title: "Flows by action", Series: actions},
		{ID: "flows-by-class", Title: "Flows by class", Series: classes},
		{ID: "bytes-over-time", Title: "Bytes", Series: amount, Write: byteCount, Axis: byteCount},
	}
	times := make([]time.Time, len(v.Points))
	for i := range v.Points {
		times[i] = v.Points[i].Time
	}
	for _, c := range list {
		c.Times, c.Step, c.Exact = times, v.Step, exact
		if c.Write == nil {
			c.Write, c.Axis = count, short
		}
	}
	return list
}

// shownClasses are the classes of traffic in the order of the page, with their names for people.
var shownClasses = []struct {
	class        network.Class
	label, style string
}{
	{network.InternalToInternal, "Internal", "internal"},
	{network.InternalToExternal, "Outbound", "outbound"},
	{network.ExternalToInternal, "Inbound", "inbound"},
	{network.ExternalToExternal, "External", "external"},
}

// severityNames are the severities as Point counts them.
var severityNames = []struct {
	name, label string
	severity    alert.Severity
}{
	{"low", "Low", alert.Low}, {"medium", "Medium", alert.Medium}, {"high", "High", alert.High}, {"critical", "Critical", alert.Critical},
}
