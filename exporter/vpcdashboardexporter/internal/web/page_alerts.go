// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"

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
		Params: params, Rules: ruleChoices(params.Rule), Ranges: timeRanges, Alerts: alertViews(list), Total: uint64(total),
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

// ruleChoices lists the rules of this build, and the selected rule if it is unknown.
func ruleChoices(selected string) []choice {
	choices := []choice{{"", "Any"}}
	known := selected == ""
	for _, rule := range detect.Rules {
		choices = append(choices, choice{rule.ID, rule.Title})
		known = known || rule.ID == selected
	}
	if !known {
		choices = append(choices, choice{selected, selected})
	}
	return choices
}
