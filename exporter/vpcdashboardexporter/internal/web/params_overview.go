// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

const (
	defaultRange = "24h"
	defaultTop   = 10
)

// overviewParams holds the query parameters of the overview.
type overviewParams struct {
	Range   string
	Measure traffic.Measure
	query   overview.Query
}

func parseOverviewParams(r *http.Request) (overviewParams, *parameterError) {
	p := parseParameters(r, "range", "measure", "top")
	span := p.timeRange(defaultRange)
	measure := traffic.Measure(p.oneOf("measure", string(traffic.ByFlows),
		string(traffic.ByFlows), string(traffic.ByBytes), string(traffic.ByRejects)))
	top := p.number("top", defaultTop, 1, 100)
	return overviewParams{span.Name, measure, overview.Query{Range: span.length, Measure: measure, Top: top}}, p.err
}

// URL returns the path with another range or measure. An empty argument keeps the current one.
func (o overviewParams) URL(path, rangeName, measure string) string {
	values := url.Values{"range": {o.Range}, "measure": {string(o.Measure)}}
	if rangeName != "" {
		values.Set("range", rangeName)
	}
	if measure != "" {
		values.Set("measure", measure)
	}
	return path + "?" + values.Encode()
}
