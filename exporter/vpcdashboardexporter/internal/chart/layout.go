// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// Dimensions in units of the SVG. The style sheet sets the size on the page.
const (
	fontSize = 16
	width    = 52 * fontSize
	height   = 17 * fontSize

	plotTop    = fontSize
	plotBottom = height - 2*fontSize
	plotRight  = width - fontSize/2
	// labelGap is the space between the labels of the value axis and the plot, and to the left of the labels.
	labelGap = 10
	// characterWidth is the approximate width of a character in a label.
	characterWidth = 9
	// barShare is the part of a time step's width that its bar takes.
	barShare = 0.8
	// maxBarWidth limits the width of the bars if there are few time steps.
	maxBarWidth = width / 4
	// minBarHeight keeps small values visible.
	minBarHeight = 1
	// tickMargin is the least distance between the middle of a time label and the right edge.
	tickMargin = 3 * characterWidth
)

// layout holds the positions of all parts of a chart, as its template needs them.
type layout struct {
	ID                      string
	Width, Height, FontSize int
	Left, Right             int // of the plot
	LabelRight, TickY       int
	Lines                   []line
	Ticks                   []tick
	Bars                    []bar
	Tooltips                []tooltip
}

// line is a horizontal line with its label.
type line struct {
	Class  string
	Y      string
	LabelY string
	Label  string
}

// tick is a label of the time axis.
type tick struct{ X, Label string }

type bar struct{ Class, X, Y, Width, Height string }

// tooltip covers a time step, so that a browser shows its text.
type tooltip struct{ X, Width, Text string }

func newLayout(c *Chart) *layout {
	interval, count := niceScale(highestStack(c))
	top := interval * float64(count)
	l := &layout{
		ID: c.ID, Width: width, Height: height, FontSize: fontSize, Right: plotRight, TickY: height - labelGap/2,
	}
	longest := 0
	for i := range count + 1 {
		value := interval * float64(i)
		y := yOf(value, top)
		class := "grid"
		if i == 0 {
			class = "line"
		}
		label := c.FormatAxis(toUint64(value))
		longest = max(longest, utf8.RuneCountInString(label))
		l.Lines = append(l.Lines, line{Class: class, Y: decimal(y), LabelY: decimal(y + fontSize/3), Label: label})
	}
	l.Left = 2*labelGap + longest*characterWidth
	l.LabelRight = l.Left - labelGap
	l.addSteps(c, top)
	return l
}

// addSteps adds the bars, the tooltip and the time label of each time step.
func (l *layout) addSteps(c *Chart, top float64) {
	labels := tickLabels(c.Times)
	step := float64(l.Right-l.Left) / float64(max(len(c.Times), 1))
	barWidth := min(step*barShare, maxBarWidth)
	for i := range c.Times {
		left := float64(l.Left) + float64(i)*step
		var below float64
		for _, s := range c.Series {
			value := float64(s.Values[i])
			if value == 0 {
				continue
			}
			y, bottom := yOf(below+value, top), yOf(below, top)
			y = min(y, bottom-minBarHeight)
			l.Bars = append(l.Bars, bar{
				Class: s.Class, X: decimal(left + (step-barWidth)/2), Y: decimal(y), Width: decimal(barWidth), Height: decimal(bottom - y),
			})
			below += value
		}
		l.Tooltips = append(l.Tooltips, tooltip{X: decimal(left), Width: decimal(step), Text: tooltipText(c, i)})
		if labels[i] != "" {
			l.Ticks = append(l.Ticks, tick{X: decimal(min(left+step/2, width-tickMargin)), Label: labels[i]})
		}
	}
}

// highestStack returns the largest sum of a time step.
func highestStack(c *Chart) float64 {
	var highest float64
	for i := range c.Times {
		var sum float64
		for _, s := range c.Series {
			sum += float64(s.Values[i])
		}
		highest = max(highest, sum)
	}
	return highest
}

// yOf returns the vertical position of a value, where top is the value at the upper end of the plot.
func yOf(value, top float64) float64 {
	return plotBottom - (plotBottom-plotTop)*value/top
}

// toUint64 converts a value of the axis, which may be beyond the largest uint64.
func toUint64(value float64) uint64 {
	if value >= math.MaxUint64 {
		return math.MaxUint64
	}
	return uint64(value)
}

// tooltipText lists the exact values of a time step.
func tooltipText(c *Chart, i int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %s", humanize.Time(c.Times[i]), humanize.Duration(c.Step))
	for _, s := range c.Series {
		fmt.Fprintf(&text, "\n%s: %s", s.Name, humanize.Comma(s.Values[i]))
	}
	return text.String()
}

// decimal formats a coordinate.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
