// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/chart"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/findings"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// newestAlerts is the number of alerts on the overview.
const newestAlerts = 6

// oldLogs is the lag from which the overview shows all data by default.
const oldLogs = 24 * time.Hour

// overviewBody is the data of the overview template.
type overviewBody struct {
	Params     overviewParams
	Ranges     []timeRange
	Measures   []choice
	View       overview.View
	Empty      bool
	Length     time.Duration
	Tiles      []tile
	Severities []severityTile
	Charts     []*chart.Chart
	Alerts     []alertView
	AllAlerts  uint64
	TopTables  []topTable
	Matrix     matrixTable
	Findings   []findings.Finding
}

func (s *site) overviewPage(w http.ResponseWriter, r *http.Request) {
	params, err := parseOverviewParams(r)
	if err != nil {
		s.badRequest(w, err)
		return
	}
	if health := s.store.Health(); r.URL.Query().Get("range") == "" && health.Received.Sub(health.Latest) > oldLogs {
		// Users who read old logs rarely want only the last day.
		params.Range, params.query.Range = "all", 0
	}
	view := s.store.View(params.query)
	newest, _ := s.store.Episodes(overview.AlertQuery{Range: params.query.Range, DryRun: overview.NoDryRun, Limit: newestAlerts})
	_, all := s.store.Episodes(overview.AlertQuery{Limit: 1})
	var collector *collectorhealth.Report
	if s.options.Collector != nil {
		report := s.options.Collector(r.Context())
		collector = &report
	}
	body := overviewBody{
		Params: params, Ranges: timeRanges, Measures: measureChoices, View: view, Empty: view.To.IsZero(), Length: view.To.Sub(view.From),
		Tiles: totalTiles(&view), Severities: severityTiles(s.store, params), Charts: overviewCharts(&view),
		Alerts: alertViews(newest), AllAlerts: uint64(all),
		TopTables: topTables(&view, params.Measure), Matrix: newMatrixTable(&view.Matrix, params.Measure),
		Findings: findings.List(&view.Health, collector),
	}
	s.render(w, http.StatusOK, "overview", page{Title: "Overview", Nav: "overview", Marker: all, Body: body})
}
