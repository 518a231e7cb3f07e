// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"
)

// The chart library writes a style attribute on each element, which the policy of the page forbids, with colours that
// know nothing of light and dark. So each kind of part is drawn in a colour that stands for a class, and classes are
// written where the styles were. The style sheet does the rest.

// The inks, by number. Series follow from firstSeries on. What is drawn in no ink is left out.
const (
	axisText uint8 = 1 + iota
	axisLine
	gridLine
	firstSeries
)

// ink returns the colour that stands for a number.
func ink(number uint8) charts.Color { return charts.Color{R: number, G: 1, B: 2, A: 255} }

var classes = map[uint8]string{axisText: "axis", axisLine: "line", gridLine: "grid"}

var (
	inkPattern = regexp.MustCompile(`rgb\((\d+),1,2\)`)
	part       = regexp.MustCompile(`(?s)<(path|text)([^>]*?) style="([^"]*)"([^>]*)>(?:([^<]*)</text>)?`)
	barPath    = regexp.MustCompile(`(?s)d="M (\d+) (\d+)\nL (\d+) \d+\nL \d+ (\d+)\n`)
)

// restyle returns the library's picture as SVG that takes its looks from the style sheet, with a tip at each point.
func (c *chart) restyle(drawn string, size canvas) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="plot" viewBox="0 0 %d %d" font-size="%d" role="img" aria-labelledby="%s-title">`,
		size.width, size.height, size.font, c.ID)
	var columns []column
	drawnAxis := false
	for _, m := range part.FindAllStringSubmatch(drawn, -1) {
		found := inkPattern.FindStringSubmatch(m[3])
		if found == nil {
			continue
		}
		number, _ := strconv.Atoi(found[1]) // the pattern has only digits
		if series := number - int(firstSeries); series >= 0 && series < len(c.Series) {
			bar := readBar(m[2])
			if series == 0 {
				columns = append(columns, column{bar.x, bar.width})
			}
			if bar.height > 0 {
				fmt.Fprintf(&out, `<rect class="fill-%s" x="%d" y="%d" width="%d" height="%d"/>`,
					c.Series[series].Class, bar.x, bar.y, bar.width, bar.height)
			}
			continue
		}
		if uint8(number) == axisLine {
			if drawnAxis {
				continue // a tick at each point
			}
			drawnAxis = true
		}
		fmt.Fprintf(&out, `<%s class="%s"%s>%s</%s>`, m[1], classes[uint8(number)], m[2]+strings.TrimSuffix(m[4], "/"), m[5], m[1])
	}
	c.tips(&out, columns, size)
	out.WriteString("</svg>")
	return out.String()
}

type bar struct{ x, y, width, height int }

// readBar returns the rectangle that a path goes around; an empty one if it goes another way.
func readBar(path string) bar {
	m := barPath.FindStringSubmatch(path)
	if m == nil {
		return bar{}
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // the pattern has only digits
	}
	return bar{x: n[0], y: n[1], width: n[2] - n[0], height: n[3] - n[1]}
}

// column is where the bars of a point stand.
type column struct{ x, width int }

// tips lays over each point what a browser shows where the mouse rests.
func (c *chart) tips(out *strings.Builder, columns []column, size canvas) {
	if len(columns) != len(c.Times) {
		return // better none than those of other points
	}
	for i, at := range columns {
		gap := size.slot - at.width
		fmt.Fprintf(out, `<rect class="tip" x="%d" y="0" width="%d" height="%d"><title>%s</title></rect>`,
			at.x-gap/2, size.slot, size.height, html.EscapeString(c.tip(i)))
	}
}
