// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestParametersOfTheOverview(t *testing.T) {
	for query, want := range map[string]overview.Query{
		"":                                {Range: 24 * time.Hour, Measure: traffic.ByFlows, Top: 10},
		"?range=15m":                      {Range: 15 * time.Minute, Measure: traffic.ByFlows, Top: 10},
		"?range=1h&measure=bytes":         {Range: time.Hour, Measure: traffic.ByBytes, Top: 10},
		"?range=6h&measure=rejects&top=1": {Range: 6 * time.Hour, Measure: traffic.ByRejects, Top: 1},
		"?range=all&top=100":              {Measure: traffic.ByFlows, Top: 100},
		"?range=&measure=&top=":           {Range: 24 * time.Hour, Measure: traffic.ByFlows, Top: 10},
	} {
		for _, path := range []string{"/", "/api/overview"} {
			s := fullStore()
			assert.Equal(t, http.StatusOK, get(t, Handler(s, Options{}), path+query).Code, query)
			assert.Equal(t, want, s.viewQuery, "%s%s", path, query)
		}
	}
}

func TestParametersOfTheAlerts(t *testing.T) {
	all := overview.AlertQuery{Limit: 50}
	for query, change := range map[string]func(*overview.AlertQuery){
		"":                         func(*overview.AlertQuery) {},
		"?range=1h":                func(q *overview.AlertQuery) { q.Range = time.Hour },
		"?range=all":               func(*overview.AlertQuery) {},
		"?rule=external_port_scan": func(q *overview.AlertQuery) { q.Rule = "external_port_scan" },
		"?rule=rule_of_2030":       func(q *overview.AlertQuery) { q.Rule = "rule_of_2030" },
		"?severity=high":           func(q *overview.AlertQuery) { q.Severity = alert.High },
		"?status=open":             func(q *overview.AlertQuery) { q.Status = alert.Opened },
		"?status=resolved":         func(q *overview.AlertQuery) { q.Status = alert.Resolved },
		"?dry_run=no":              func(q *overview.AlertQuery) { q.DryRun = overview.NoDryRun },
		"?dry_run=only":            func(q *overview.AlertQuery) { q.DryRun = overview.OnlyDryRun },
		"?address=10.0.1.5":        func(q *overview.AlertQuery) { q.Address = netip.MustParsePrefix("10.0.1.5/32") },
		"?address=+10.0.1.5+":      func(q *overview.AlertQuery) { q.Address = netip.MustParsePrefix("10.0.1.5/32") },
		"?address=10.0.1.5/16":     func(q *overview.AlertQuery) { q.Address = netip.MustParsePrefix("10.0.0.0/16") },
		"?address=2001:db8::1":     func(q *overview.AlertQuery) { q.Address = netip.MustParsePrefix("2001:db8::1/128") },
		"?address=::ffff:10.0.0.1": func(q *overview.AlertQuery) { q.Address = netip.MustParsePrefix("10.0.0.1/32") },
		"?rule=&severity=&address=&status=&range=": func(*overview.AlertQuery) {},
	} {
		want := all
		change(&want)
		for _, path := range []string{"/alerts", "/api/alerts"} {
			s := fullStore()
			assert.Equal(t, http.StatusOK, get(t, Handler(s, Options{}), path+query).Code, query)
			assert.Equal(t, want, s.alertQuery, "%s%s", path, query)
		}
	}
}

func TestThePageUsesPageNumbersAndTheAPIOffsets(t *testing.T) {
	for path, want := range map[string]overview.AlertQuery{
		"/alerts?page=1":                 {Limit: 50},
		"/alerts?page=3":                 {Limit: 50, Offset: 100},
		"/api/alerts?offset=7&limit=500": {Limit: 500, Offset: 7},
		"/api/alerts?limit=1":            {Limit: 1},
	} {
		s := fullStore()
		assert.Equal(t, http.StatusOK, get(t, Handler(s, Options{}), path).Code, path)
		assert.Equal(t, want, s.alertQuery, path)
	}
}

func TestErrorsNameTheInvalidParameter(t *testing.T) {
	for path, want := range map[string]string{
		"/api/overview?range=2h":             `range: "2h" is not one of 15m, 1h, 6h, 24h, all`,
		"/api/overview?measure=packets":      `measure: "packets" is not one of flows, bytes, rejects`,
		"/api/overview?top=0":                `top: "0" is not a whole number from 1 to 100`,
		"/api/overview?top=101":              `top: "101" is not a whole number from 1 to 100`,
		"/api/overview?top=ten":              `top: "ten" is not a whole number from 1 to 100`,
		"/api/overview?page=1":               `page: "1" belongs to an unknown parameter; known parameters: range, measure, top`,
		"/api/overview?range=1h&range=6h":    `range: "6h" is a second value; only one is allowed`,
		"/api/overview?range=%zz":            `query: "range=%zz" is not a valid query: invalid URL escape "%zz"`,
		"/api/alerts?rule=Port+Scan":         `rule: "Port Scan" is not a rule id, such as external_port_scan`,
		"/api/alerts?severity=worst":         `severity: "worst" is not one of low, medium, high, critical`,
		"/alerts?dry_run=yes":                `dry_run: "yes" is not one of no, only`,
		"/api/alerts?status=opened":          `status: "opened" is not one of open, resolved`,
		"/api/alerts?address=10.0.0":         `address: "10.0.0" is neither an address, such as 10.0.1.5, nor a network, such as 10.0.0.0/16`,
		"/api/alerts?address=fe80::1%25eth0": `address: "fe80::1%eth0" is neither an address, such as 10.0.1.5, nor a network, such as 10.0.0.0/16`,
		"/api/alerts?limit=501":              `limit: "501" is not a whole number from 1 to 500`,
		"/api/alerts?offset=-1":              `offset: "-1" is not a whole number from 0 to 1000000000`,
		"/api/alerts/1?x=1":                  `x: "1" belongs to an unknown parameter; known parameters: none`,
		"/api/health?x=1":                    `x: "1" belongs to an unknown parameter; known parameters: none`,
		"/?range=2h":                         `range: "2h" is not one of 15m, 1h, 6h, 24h, all`,
		"/alerts?page=0":                     `page: "0" is not a whole number from 1 to 1000000`,
		"/alerts?limit=5":                    `limit: "5" belongs to an unknown parameter; known parameters: rule, severity, address, status, dry_run, range, page`,
		"/alerts/1?x=1":                      `x: "1" belongs to an unknown parameter; known parameters: none`,
		"/api/?x=1":                          `x: "1" belongs to an unknown parameter; known parameters: none`,
	} {
		answer := get(t, Handler(fullStore(), Options{}), path)
		assert.Equal(t, http.StatusBadRequest, answer.Code, path)
		if answer.Header().Get("Content-Type") == "application/json" {
			var got errorJSON
			decode(t, answer, &got)
			assert.Equal(t, want, got.Error, path)
			assert.Regexp(t, "^"+got.Parameter+": ", want, path)
			continue
		}
		root, err := html.Parse(answer.Body)
		require.NoError(t, err)
		assert.Contains(t, (&node{root}).tags(atom.Main)[0].text(), want, path)
	}
}
