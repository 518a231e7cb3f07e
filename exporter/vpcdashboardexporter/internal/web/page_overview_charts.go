// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/chart"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// overviewCharts returns the charts of alerts and traffic over time.
func overviewCharts(v *overview.View) []*chart.Chart {
	series := func(name, class string, value func(*overview.Point) uint64) chart.Series {
		values := make([]uint64, len(v.Points))
		for i := range v.Points {
			values[i] = value(&v.Points[i])
		}
		return chart.NewSeries(name, class, values)
	}
	actions := []chart.Series{
		series("Accepted", "accepted", func(p *overview.Point) uint64 { return p.Accepted }),
		series("Rejected", "rejected", func(p *overview.Point) uint64 { return p.Rejected }),
	}
	noAction := func(p *overview.Point) uint64 { return p.Flows - min(p.Flows, p.Accepted+p.Rejected) }
	if s := series("No action", "no-action", noAction); s.Total > 0 {
		actions = append(actions, s)
	}
	var classes, bySeverity []chart.Series
	for _, c := range classLabels {
		classes = append(classes, series(c.label, c.style, func(p *overview.Point) uint64 { return p.Classes[c.class] }))
	}
	for i, s := range severities {
		bySeverity = append(bySeverity, series(s.label, s.name, func(p *overview.Point) uint64 { return p.Alerts[i] }))
	}
	amount := []chart.Series{series("Bytes", "amount", func(p *overview.Point) uint64 { return p.Bytes })}

	charts := []*chart.Chart{
		{ID: "alerts-over-time", Title: "Alerts opened, by severity", Series: bySeverity, Format: compact, FormatAxis: humanize.Short[uint64]},
		{ID: "flows-by-action", Title: "Flows by action", Series: actions, Format: compact, FormatAxis: humanize.Short[uint64]},
		{ID: "flows-by-class", Title: "Flows by class", Series: classes, Format: compact, FormatAxis: humanize.Short[uint64]},
		{ID: "bytes-over-time", Title: "Bytes", Series: amount, Format: humanize.Bytes[uint64], FormatAxis: humanize.Bytes[uint64]},
	}
	times := make([]time.Time, len(v.Points))
	for i := range v.Points {
		times[i] = v.Points[i].Time
	}
	for _, c := range charts {
		c.Times, c.Step = times, v.Step
	}
	return charts
}

// classLabels lists the traffic classes in the order of the page.
var classLabels = []struct {
	class        network.Class
	label, style string
}{
	{network.InternalToInternal, "Internal", "internal"},
	{network.InternalToExternal, "Outbound", "outbound"},
	{network.ExternalToInternal, "Inbound", "inbound"},
	{network.ExternalToExternal, "External", "external"},
}
