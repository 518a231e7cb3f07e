// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// The types here are what the API promises. Fields are added, never renamed.

type viewJSON struct {
	Range            string                                  `json:"range"`
	Measure          overview.Measure                        `json:"measure"`
	From             *time.Time                              `json:"from"`
	To               *time.Time                              `json:"to"`
	StepSeconds      int64                                   `json:"step_seconds"`
	Totals           overview.Sums                           `json:"totals"`
	Before           *overview.Sums                          `json:"before"`
	Points           []pointJSON                             `json:"points"`
	Top              map[overview.Dimension][]overview.Entry `json:"top"`
	Matrix           matrixJSON                              `json:"matrix"`
	AlertsBySeverity map[string]uint64                       `json:"alerts_by_severity"`
}

type pointJSON struct {
	Time time.Time `json:"time"`
	overview.Sums
	Classes map[string]uint64 `json:"classes"`
	Alerts  map[string]uint64 `json:"alerts"`
}

// matrixJSON has what went from the subnet of the row to that of the column.
type matrixJSON struct {
	Subnets   []string          `json:"subnets"`
	Cells     [][]overview.Sums `json:"cells"`
	Truncated bool              `json:"truncated"`
}

func overviewJSON(ask overviewAsk, v *overview.View) viewJSON {
	out := viewJSON{
		Range: ask.Range, Measure: ask.Measure, From: moment(v.From), To: moment(v.To), StepSeconds: int64(v.Step / time.Second),
		Totals: v.Totals, Before: v.Before, Points: make([]pointJSON, len(v.Points)),
		Top: map[overview.Dimension][]overview.Entry{}, AlertsBySeverity: bySeverity(v.AlertsBySeverity),
		Matrix: matrixJSON{Subnets: []string{}, Cells: v.Matrix.Cells, Truncated: v.Matrix.Truncated},
	}
	for i := range v.Points {
		p := &v.Points[i]
		out.Points[i] = pointJSON{p.Time.UTC(), p.Sums, byClass(p.Classes), bySeverity(p.Alerts)}
	}
	for _, d := range dimensions {
		out.Top[d.dimension] = append([]overview.Entry{}, v.Top[d.dimension]...)
	}
	for _, subnet := range v.Matrix.Subnets {
		out.Matrix.Subnets = append(out.Matrix.Subnets, subnet.String())
	}
	if out.Matrix.Cells == nil {
		out.Matrix.Cells = [][]overview.Sums{}
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
		out[severityNames[i].name] = n
	}
	return out
}

// moment is null in JSON where nothing is known.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// momentOf is null in JSON for no seconds.
func momentOf(seconds int64) *time.Time {
	if seconds == 0 {
		return nil
	}
	return moment(unix(seconds))
}

type healthJSON struct {
	Latest        *time.Time        `json:"latest"`
	Received      *time.Time        `json:"received"`
	Flows         uint64            `json:"flows"`
	NoData        uint64            `json:"no_data"`
	SkipData      uint64            `json:"skip_data"`
	WithFlags     uint64            `json:"with_flags"`
	WithDirection uint64            `json:"with_direction"`
	Hops          uint64            `json:"hops"`
	TooLate       uint64            `json:"too_late"`
	TooNew        uint64            `json:"too_new"`
	Undecodable   map[string]uint64 `json:"undecodable"`
	Forgotten     map[string]uint64 `json:"forgotten"`
	// Collector is null where nothing is known of it.
	Collector *overview.CollectorHealth `json:"collector"`
}

func newHealthJSON(h *overview.Health) healthJSON {
	return healthJSON{
		Latest: moment(h.Latest), Received: moment(h.Received), Flows: h.Flows, NoData: h.NoData, SkipData: h.SkipData,
		WithFlags: h.WithFlags, WithDirection: h.WithDirection, Hops: h.Hops, TooLate: h.TooLate, TooNew: h.TooNew,
		Undecodable: given(h.Undecodable), Forgotten: given(h.Forgotten),
	}
}

// given is an empty object in JSON rather than null.
func given(counts map[string]uint64) map[string]uint64 {
	if counts == nil {
		return map[string]uint64{}
	}
	return counts
}
