// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

const (
	alertsPerPage    = 50
	defaultAlertSpan = "all"
)

// alertsParams holds the query parameters of the list of alerts. The form shows the texts as they were entered.
type alertsParams struct {
	Rule, Severity, Address, Status, DryRun, Range string
	Page                                           int
	query                                          overview.AlertQuery
}

// parseAlertsParams parses the parameters of the HTML list, which is addressed by page number.
func parseAlertsParams(r *http.Request) (alertsParams, *parameterError) {
	p := parseParameters(r, "rule", "severity", "address", "status", "dry_run", "range", "page")
	a := p.alertFilters()
	a.Page = p.number("page", 1, 1, 1_000_000)
	a.query.Offset = (a.Page - 1) * alertsPerPage
	return a, p.err
}

// parseAPIAlertsParams parses the parameters of the JSON list, which is addressed by offset.
func parseAPIAlertsParams(r *http.Request) (alertsParams, *parameterError) {
	p := parseParameters(r, "rule", "severity", "address", "status", "dry_run", "range", "offset", "limit")
	a := p.alertFilters()
	a.query.Offset = p.number("offset", 0, 0, 1_000_000_000)
	a.query.Limit = p.number("limit", alertsPerPage, 1, 500)
	return a, p.err
}

func (p *parameters) alertFilters() alertsParams {
	span := p.timeRange(defaultAlertSpan)
	a := alertsParams{
		Rule:     p.rule("rule"),
		Severity: p.oneOf("severity", "", "low", "medium", "high", "critical"),
		Address:  p.values.Get("address"),
		Status:   p.oneOf("status", "", "open", "resolved"),
		DryRun:   p.oneOf("dry_run", "", string(overview.NoDryRun), string(overview.OnlyDryRun)),
		Range:    span.Name,
	}
	a.query = overview.AlertQuery{Range: span.length, Rule: a.Rule, DryRun: overview.DryRun(a.DryRun), Address: p.network("address"), Limit: alertsPerPage}
	if a.Severity != "" {
		a.query.Severity, _ = alert.ParseSeverity(a.Severity) // always valid after oneOf
	}
	switch a.Status {
	case "open":
		a.query.Status = alert.Opened
	case "resolved":
		a.query.Status = alert.Resolved
	}
	return a
}

// URL returns the path of a page of the list with the same filters.
func (a alertsParams) URL(path string, page int) string {
	values := url.Values{}
	for name, value := range map[string]string{
		"rule": a.Rule, "severity": a.Severity, "address": a.Address, "status": a.Status, "dry_run": a.DryRun,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if a.Range != defaultAlertSpan {
		values.Set("range", a.Range)
	}
	if page > 1 {
		values.Set("page", strconv.Itoa(page))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// Filtered reports whether a filter is set.
func (a alertsParams) Filtered() bool { return a.URL("", 1) != "" }
