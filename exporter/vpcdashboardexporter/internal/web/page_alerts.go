// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// alertsBody is the data of the alerts template.
type alertsBody struct {
	Params      alertsParams
	Rules       []choice
	Ranges      []timeRange
	Severities  []choice
	Statuses    []choice
	DryRuns     []choice
	Alerts      []alertView
	Total       uint64
	First, Last int // positions of the first and the last alert of the page
	Pages       int
	OlderURL    string
	NewerURL    string
}

func (s *site) alertsPage(w http.ResponseWriter, r *http.Request) {
	params, err := parseAlertsParams(r)
	if err != nil {
		s.badRequest(w, err)
		return
	}
	list, total := s.store.Episodes(params.query)
	body := alertsBody{
		Params: params, Rules: ruleChoices(params.Rule, list), Ranges: timeRanges, Alerts: alertViews(list), Total: uint64(total),
		Severities: []choice{{"", "Any"}, {"critical", "Critical"}, {"high", "High or worse"}, {"medium", "Medium or worse"}, {"low", "Low or worse"}},
		Statuses:   []choice{{"", "Any"}, {"open", "Open"}, {"resolved", "Resolved"}},
		DryRuns:    []choice{{"", "Any"}, {string(overview.NoDryRun), "No"}, {string(overview.OnlyDryRun), "Only"}},
		Pages:      max((total+alertsPerPage-1)/alertsPerPage, 1),
	}
	if len(list) > 0 {
		body.First, body.Last = params.query.Offset+1, params.query.Offset+len(list)
	}
	if params.Page > 1 {
		body.NewerURL = params.URL("/alerts", min(params.Page-1, body.Pages))
	}
	if params.Page < body.Pages {
		body.OlderURL = params.URL("/alerts", params.Page+1)
	}
	s.render(w, http.StatusOK, "alerts", page{Title: "Alerts", Nav: "alerts", Marker: total, Body: body})
}

// ruleChoices lists the built-in rules, then the others that are selected or have listed alerts: custom rules, and rules of
// another build.
func ruleChoices(selected string, listed []overview.Episode) []choice {
	choices := []choice{{"", "Any"}}
	add := func(id, title string) {
		if !slices.ContainsFunc(choices, func(c choice) bool { return c.Name == id }) {
			choices = append(choices, choice{id, title})
		}
	}
	for _, rule := range append(slices.Clip(detect.Rules), detect.FlowLogsStopped) {
		add(rule.ID, rule.Title)
	}
	for i := range listed {
		if a := &listed[i]; ruleID.MatchString(a.Rule) { // others cannot be selected
			add(a.Rule, visibleText(cmp.Or(a.Title, a.Rule)))
		}
	}
	add(selected, selected)
	return choices
}
