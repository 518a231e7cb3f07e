// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package chart draws stacked bars over time as SVG. Colors come from the style sheet of the page.
package chart

import (
	"bytes"
	_ "embed" // for the template
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

//go:embed chart.svg
var svgText string

var svgTemplate = template.Must(template.New("chart.svg").Parse(svgText))

// Chart is a stack of bars for each time step.
type Chart struct {
	// ID is the element id of the chart. The element of its title has the id ID-title.
	ID, Title string
	Series    []Series
	// Times are the starts of the time steps, Step is their length.
	Times []time.Time
	Step  time.Duration
	// Format formats a total, FormatAxis a value of the axis. Both may round.
	Format, FormatAxis func(uint64) string
}

// Series is one part of each stack.
type Series struct {
	Name string
	// Class is the name of the color in the style sheet: bars have the class fill-Class.
	Class string
	// Values has one value for each time step.
	Values []uint64
	Total  uint64
}

// NewSeries returns a Series with its total.
func NewSeries(name, class string, values []uint64) Series {
	s := Series{Name: name, Class: class, Values: values}
	for _, v := range values {
		s.Total += v
	}
	return s
}

// SVG draws the chart.
func (c *Chart) SVG() (template.HTML, error) {
	var out bytes.Buffer
	if err := svgTemplate.Execute(&out, newLayout(c)); err != nil {
		return "", fmt.Errorf("draw chart %s: %w", c.ID, err)
	}
	return template.HTML(out.String()), nil //nolint:gosec // the template escapes all values
}

// Total returns the sum of all series.
func (c *Chart) Total() uint64 {
	var sum uint64
	for _, s := range c.Series {
		sum += s.Total
	}
	return sum
}

// Row is a time step of the chart as a row of a table.
type Row struct {
	Time  time.Time
	Cells []string
}

// Rows returns the chart as a table, most recent step first. It leaves out empty steps.
func (c *Chart) Rows() []Row {
	var rows []Row
	for i, t := range slices.Backward(c.Times) {
		r := Row{Time: t}
		empty := true
		for _, s := range c.Series {
			r.Cells = append(r.Cells, humanize.Comma(s.Values[i]))
			empty = empty && s.Values[i] == 0
		}
		if !empty {
			rows = append(rows, r)
		}
	}
	return rows
}
