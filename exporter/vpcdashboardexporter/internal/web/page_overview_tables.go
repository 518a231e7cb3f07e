// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/url"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// topTable lists the heaviest entries of one dimension.
type topTable struct {
	ID, Title, Heading, Measure string
	Rows                        []topRow
	// Approximate reports whether some values are upper bounds.
	Approximate bool
}

type topRow struct {
	Key, Name, URL string
	// FlowsURL is the page of the flows.
	FlowsURL     string
	Value, Exact string
	// Width is the length of the bar in percent of the longest.
	Width int
}

// topDimensions lists the tables in the order of the page.
var topDimensions = []struct {
	dimension      overview.Dimension
	title, heading string
	name           func(key string) string // may be nil
	linked         bool                    // to the alerts of the address
	filter         string                  // the parameter of a search for flows
}{
	{overview.Sources, "Sources", "Address", nil, true, "source"},
	{overview.Destinations, "Destinations", "Address", nil, true, "destination"},
	{overview.Ports, "Service ports", "Port", portService, false, "port"},
	{overview.Protocols, "Protocols", "Protocol", nil, false, "protocol"},
	{overview.SourceCountries, "Source countries (requests and replies)", "Country", names.Country, false, "country"},
	{overview.DestinationCountries, "Destination countries (requests and replies)", "Country", names.Country, false, "country"},
	{overview.Interfaces, "Network interfaces", "Interface", nil, false, "interface"},
	{overview.Accounts, "Accounts", "Account", nil, false, "account"},
}

func topTables(v *overview.View, measure traffic.Measure) []topTable {
	format := formatOf(measure)
	var tables []topTable
	for _, d := range topDimensions {
		t := topTable{ID: "top-" + string(d.dimension), Title: d.title, Heading: d.heading, Measure: measureLabel(measure)}
		entries := v.Top[d.dimension]
		for _, e := range entries {
			r := topRow{Key: e.Key, Value: format(e.Value), Exact: humanize.Comma(e.Value)}
			r.Width = int(100 * float64(e.Value) / float64(max(entries[0].Value, 1)))
			if e.Error > 0 {
				r.Value, r.Exact = "≤ "+r.Value, humanize.Comma(e.Value-min(e.Value, e.Error))+" to "+r.Exact
				t.Approximate = true
			}
			if d.name != nil {
				r.Name = d.name(e.Key)
			}
			if d.linked {
				r.URL = "/alerts?address=" + url.QueryEscape(e.Key)
			}
			r.FlowsURL = topFlowsURL(v.From, v.To, d.filter, e.Key)
			t.Rows = append(t.Rows, r)
		}
		tables = append(tables, t)
	}
	return tables
}

// portService returns the service of a port that is given as text.
func portService(key string) string {
	port, err := strconv.ParseUint(key, 10, 16)
	if err != nil {
		return ""
	}
	return flow.ServiceName(uint16(port))
}
