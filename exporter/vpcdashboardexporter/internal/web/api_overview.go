// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// The types in this file are part of the API. Fields may be added but not renamed.

type overviewJSON struct {
	Range            string                                  `json:"range"`
	Measure          traffic.Measure                         `json:"measure"`
	From             *time.Time                              `json:"from"`
	To               *time.Time                              `json:"to"`
	StepSeconds      int64                                   `json:"step_seconds"`
	Totals           traffic.Totals                          `json:"totals"`
	Previous         *traffic.Totals                         `json:"previous"`
	Points           []pointJSON                             `json:"points"`
	Top              map[overview.Dimension][]overview.Entry `json:"top"`
	Matrix           matrixJSON                              `json:"matrix"`
	AlertsBySeverity map[string]uint64                       `json:"alerts_by_severity"`
}

type pointJSON struct {
	Time time.Time `json:"time"`
	traffic.Totals
	Classes map[string]uint64 `json:"classes"`
	Alerts  map[string]uint64 `json:"alerts"`
}

// matrixJSON is the traffic from the subnet of each row to the subnet of each column.
type matrixJSON struct {
	Subnets   []string           `json:"subnets"`
	Cells     [][]traffic.Totals `json:"cells"`
	Truncated bool               `json:"truncated"`
}

func newOverviewJSON(params overviewParams, v *overview.View) overviewJSON {
	out := overviewJSON{
		Range: params.Range, Measure: params.Measure, From: timeJSON(v.From), To: timeJSON(v.To), StepSeconds: int64(v.Step / time.Second),
		Totals: v.Totals, Previous: v.Previous, Points: make([]pointJSON, len(v.Points)),
		Top: map[overview.Dimension][]overview.Entry{}, AlertsBySeverity: bySeverity(v.AlertsBySeverity),
		Matrix: matrixJSON{Subnets: []string{}, Cells: v.Matrix.Cells, Truncated: v.Matrix.Truncated},
	}
	for i := range v.Points {
		p := &v.Points[i]
		out.Points[i] = pointJSON{p.Time.UTC(), p.Totals, byClass(p.Classes), bySeverity(p.Alerts)}
	}
	for _, d := range topDimensions {
		out.Top[d.dimension] = append([]overview.Entry{}, v.Top[d.dimension]...)
	}
	for _, subnet := range v.Matrix.Subnets {
		out.Matrix.Subnets = append(out.Matrix.Subnets, subnet.String())
	}
	if out.Matrix.Cells == nil {
		out.Matrix.Cells = [][]traffic.Totals{}
	}
	return out
}

func byClass(counts [4]uint64) map[string]uint64 {
	out := map[string]uint64{}
	for i, n := range counts {
		out[network.Class(i).String()] = n
	}
	return out
}

func bySeverity(counts [4]uint64) map[string]uint64 {
	out := map[string]uint64{}
	for i, n := range counts {
		out[severities[i].name] = n
	}
	return out
}
