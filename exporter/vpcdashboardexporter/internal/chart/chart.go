// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/go-analyze/charts"
)

// chart is bars over time, one series upon the other.
type chart struct {
	ID, Title string
	Series    []series
	// Times are when the points begin, Step is how long each lasts.
	Times []time.Time
	Step  time.Duration
	// Write writes a value, Exact in full, Axis as short as it may be.
	Write, Exact, Axis func(uint64) string
}

// series is one kind of what is counted. Class is its name in the style sheet.
type series struct {
	Name, Class string
	Values      []uint64
	Total       uint64
}

func newSeries(name, class string, values []uint64) series {
	s := series{Name: name, Class: class, Values: values}
	for _, v := range values {
		s.Total += v
	}
	return s
}

// The size of a chart in units of its own. What it is on the page is up to the style sheet.
const (
	fontSize    = 16
	chartWidth  = 52 * fontSize
	chartHeight = 17 * fontSize
	// gap is the part of a point's width that stays free between its bar and the next.
	gap = 0.2
)

// SVG returns the picture.
func (c *chart) SVG() (template.HTML, error) {
	option := charts.NewBarChartOptionWithData(c.floats())
	option.StackSeries = new(true)
	option.Theme = c.theme()
	option.Legend.Show = new(false)
	option.Padding = charts.Box{Top: fontSize, Left: fontSize, Right: fontSize / 2, Bottom: fontSize / 2, IsSet: true}
	label := charts.FontStyle{FontSize: fontSize * 0.75, FontColor: ink(axisText)} // points, at 96 to the inch
	option.CategoryAxis.Labels = ticks(c.Times)
	option.CategoryAxis.LabelFontStyle = label
	option.CategoryAxis.LabelCount = len(c.Times)
	option.CategoryAxis.LabelOffset = charts.OffsetInt{Top: fontSize / 3}
	option.CategoryAxis.BoundaryGap = new(true)
	option.ValueAxis[0].LabelFontStyle = label
	highest, lines := scale(c.highest())
	option.ValueAxis[0].Min = new(0.0)
	option.ValueAxis[0].Max = new(float64(highest))
	option.ValueAxis[0].RangeValuePaddingScale = new(0.0)
	option.ValueAxis[0].LabelCount = lines
	option.ValueAxis[0].LabelOffset = charts.OffsetInt{Left: -fontSize / 3}
	option.ValueFormatter = func(v float64) string { return c.Axis(uint64(max(v, 0))) }

	painter := charts.NewPainter(charts.PainterOptions{
		OutputFormat: charts.ChartOutputSVG, Width: chartWidth, Height: chartHeight,
	})
	if err := painter.BarChart(option); err != nil {
		return "", fmt.Errorf("chart %s: %w", c.ID, err)
	}
	drawn, err := painter.Bytes()
	if err != nil {
		return "", fmt.Errorf("chart %s: %w", c.ID, err)
	}
	return template.HTML(c.restyle(string(drawn))), nil //nolint:gosec // restyle escapes all that is not its own
}

func (c *chart) theme() charts.ColorPalette {
	colors := make([]charts.Color, len(c.Series))
	for i := range colors {
		colors[i] = ink(firstSeries + uint8(i))
	}
	return charts.MakeTheme(charts.ThemeOption{
		AxisStrokeColor: ink(axisLine), AxisSplitLineColor: ink(gridLine), TextColor: ink(axisText), SeriesColors: colors,
	})
}

func (c *chart) floats() [][]float64 {
	rows := make([][]float64, len(c.Series))
	for i, s := range c.Series {
		rows[i] = make([]float64, len(s.Values))
		for j, v := range s.Values {
			rows[i][j] = float64(v)
		}
	}
	return rows
}

// highest returns the greatest sum of a point.
func (c *chart) highest() uint64 {
	var most uint64
	for i := range c.Times {
		var sum uint64
		for _, s := range c.Series {
			sum += s.Values[i]
		}
		most = max(most, sum)
	}
	return most
}

// Total is the sum of all series.
func (c *chart) Total() uint64 {
	var sum uint64
	for _, s := range c.Series {
		sum += s.Total
	}
	return sum
}

// tip says in words what one point shows.
func (c *chart) tip(i int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %s", utc(c.Times[i]), period(c.Step))
	for _, s := range c.Series {
		fmt.Fprintf(&text, "\n%s: %s", s.Name, c.Exact(s.Values[i]))
	}
	return text.String()
}

// Rows are the points as a table, most recent first, without those at which nothing was counted.
func (c *chart) Rows() []row {
	var rows []row
	for i, t := range slices.Backward(c.Times) {
		r := row{Time: t}
		empty := true
		for _, s := range c.Series {
			r.Cells = append(r.Cells, c.Exact(s.Values[i]))
			empty = empty && s.Values[i] == 0
		}
		if !empty {
			rows = append(rows, r)
		}
	}
	return rows
}

type row struct {
	Time  time.Time
	Cells []string
}
