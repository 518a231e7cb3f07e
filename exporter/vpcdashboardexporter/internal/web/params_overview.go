// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// span is a time range that can be chosen.
type span struct {
	Name, Label string
	length      time.Duration
}

// spans are the time ranges in the order of the page. All has no length.
var spans = []span{
	{"15m", "15 minutes", 15 * time.Minute},
	{"1h", "1 hour", time.Hour},
	{"6h", "6 hours", 6 * time.Hour},
	{"24h", "24 hours", 24 * time.Hour},
	{"all", "All", 0},
}

// rangeOf returns the range that is asked for, as a name and a length.
func (p *parameters) rangeOf(otherwise string) (string, time.Duration) {
	var allowed []string
	for _, s := range spans {
		allowed = append(allowed, s.Name)
	}
	name := p.oneOf("range", otherwise, allowed...)
	for _, s := range spans {
		if s.Name == name {
			return name, s.length
		}
	}
	return name, 0
}

// overviewAsk is what a URL asks of the overview.
type overviewAsk struct {
	Range   string
	Measure overview.Measure
	query   overview.Query
}

const (
	defaultRange = "24h"
	defaultTop   = 10
)

func askOverview(r *http.Request) (overviewAsk, *parameterError) {
	p := read(r, "range", "measure", "top")
	name, length := p.rangeOf(defaultRange)
	measure := overview.Measure(p.oneOf("measure", string(overview.ByFlows),
		string(overview.ByFlows), string(overview.ByBytes), string(overview.ByRejects)))
	top := p.number("top", defaultTop, 1, 100)
	return overviewAsk{name, measure, overview.Query{Range: length, Measure: measure, Top: top}}, p.err
}

// URL returns the path of the overview with another range or measure; empty ones stay as they are.
func (a overviewAsk) URL(path, span, measure string) string {
	values := url.Values{"range": {a.Range}, "measure": {string(a.Measure)}}
	if span != "" {
		values.Set("range", span)
	}
	if measure != "" {
		values.Set("measure", measure)
	}
	return path + "?" + values.Encode()
}

// alertsAsk is what a URL asks of the list of alerts. Its texts are as they were given, for the form to show again.
type alertsAsk struct {
	Rule, Severity, Address, Status, Range string
	Page                                   int
	query                                  overview.AlertQuery
}

// alertsPerPage is how many alerts a page lists.
const alertsPerPage = 50

func (p *parameters) alerts() alertsAsk {
	name, length := p.rangeOf("all")
	a := alertsAsk{
		Rule:     p.rule("rule"),
		Severity: p.oneOf("severity", "", "low", "medium", "high", "critical"),
		Address:  p.values.Get("address"),
		Status:   p.oneOf("status", "", "open", "resolved"),
		Range:    name,
	}
	a.query = overview.AlertQuery{Range: length, Rule: a.Rule, Address: p.network("address"), Limit: alertsPerPage}
	if a.Severity != "" {
		a.query.Severity, _ = alert.ParseSeverity(a.Severity) // oneOf lets no other through
	}
	switch a.Status {
	case "open":
		a.query.Status = alert.Opened
	case "resolved":
		a.query.Status = alert.Resolved
	}
	return a
}

// askAlerts reads what the page of alerts takes, which counts in pages.
func askAlerts(r *http.Request) (alertsAsk, *parameterError) {
	p := read(r, "rule", "severity", "address", "status", "range", "page")
	a := p.alerts()
	a.Page = p.number("page", 1, 1, 1_000_000)
	a.query.Offset = (a.Page - 1) * alertsPerPage
	return a, p.err
}

// askAlertsAPI reads what the API takes, which counts in alerts.
func askAlertsAPI(r *http.Request) (alertsAsk, *parameterError) {
	p := read(r, "rule", "severity", "address", "status", "range", "offset", "limit")
	a := p.alerts()
	a.query.Offset = p.number("offset", 0, 0, 1_000_000_000)
	a.query.Limit = p.number("limit", alertsPerPage, 1, 500)
	return a, p.err
}

// URL returns the path of the list with these filters, at a page.
func (a alertsAsk) URL(path string, page int) string {
	values := url.Values{}
	for name, value := range map[string]string{
		"rule": a.Rule, "severity": a.Severity, "address": a.Address, "status": a.Status,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if a.Range != "all" {
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

// Filtered tells whether the list leaves alerts out.
func (a alertsAsk) Filtered() bool { return a.URL("", 1) != "" }
