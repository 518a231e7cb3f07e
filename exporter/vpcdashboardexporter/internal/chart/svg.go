// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"html"
	"iter"
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

// part is a path or a text of the library's picture.
type part struct {
	tag, attributes string
	content         string // of a text, escaped
	ink             uint8  // zero for none of ours
}

// parts takes the library's picture apart. It is a list of paths and texts, each with a style that is its last
// attribute; in values < and > are escaped.
func parts(drawn string) iter.Seq[part] {
	return func(yield func(part) bool) {
		for piece := range strings.SplitSeq(drawn, "<") {
			head, content, _ := strings.Cut(piece, ">")
			tag, attributes, _ := strings.Cut(head, " ")
			attributes, style, styled := strings.Cut(attributes, `style="`)
			if !styled || tag != "path" && tag != "text" {
				continue
			}
			if !yield(part{tag, strings.TrimSpace(attributes), content, inkOf(style)}) {
				return
			}
		}
	}
}

// inkOf returns the ink that a style draws in.
func inkOf(style string) uint8 {
	for property := range strings.SplitSeq(style, ";") {
		_, value, _ := strings.Cut(property, ":rgb(")
		if first, rest, found := strings.Cut(value, ","); found && strings.HasPrefix(rest, "1,2)") {
			number, _ := strconv.ParseUint(first, 10, 8) // another's colour is no ink
			return uint8(number)
		}
	}
	return 0
}

// restyle returns the library's picture as SVG that takes its looks from the style sheet, with a tip at each point.
func (c *chart) restyle(drawn string) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="plot" viewBox="0 0 %d %d" font-size="%d" role="img" aria-labelledby="%s-title">`,
		chartWidth, chartHeight, fontSize, c.ID)
	bars := make([][]bar, len(c.Series))
	axisDrawn := false
	for p := range parts(drawn) {
		if series := int(p.ink) - int(firstSeries); series >= 0 && series < len(c.Series) {
			bars[series] = append(bars[series], readBar(p.attributes))
			continue
		}
		class := classes[p.ink]
		if class == "" || class == "line" && axisDrawn {
			continue // no ink, or a tick at a point
		}
		axisDrawn = axisDrawn || class == "line"
		fmt.Fprintf(&out, `<%s class="%s" %s>%s</%s>`, p.tag, class, p.attributes, p.content, p.tag)
	}
	c.bars(&out, bars)
	out.WriteString("</svg>")
	return out.String()
}

// bar is where a value was drawn: the middle of its width, its top and its height.
type bar struct{ middle, top, height float64 }

// readBar returns the rectangle that a path goes around: four corners, from the top left on.
func readBar(path string) bar {
	words := strings.Fields(strings.TrimPrefix(path, `d="`)) // M left top L right top L right bottom ...
	if len(words) < 9 {
		return bar{}
	}
	var n [9]float64
	for _, i := range []int{1, 2, 4, 8} {
		n[i], _ = strconv.ParseFloat(words[i], 64) // zero for what is no number draws nothing
	}
	return bar{middle: (n[1] + n[4]) / 2, top: n[2], height: n[8] - n[2]}
}

// bars draws the bars at even distances, where the library has whole units only, and over the bars of each point what a
// browser shows where the mouse rests.
func (c *chart) bars(out *strings.Builder, bars [][]bar) {
	n := len(c.Times)
	for _, list := range bars {
		if len(list) != n {
			return // not the picture that we know; better none than a wrong one
		}
	}
	slot := float64(chartWidth) / 4
	if n > 1 {
		slot = (bars[0][n-1].middle - bars[0][0].middle) / float64(n-1)
	}
	for i := range n {
		left := bars[0][0].middle + (float64(i)-0.5)*slot
		for s, list := range bars {
			if b := list[i]; b.middle > 0 && c.Series[s].Values[i] > 0 {
				low := max(1-b.height, 0) // what is little is seen all the same
				fmt.Fprintf(out, `<rect class="fill-%s" x="%.1f" y="%g" width="%.1f" height="%g"/>`,
					c.Series[s].Class, left+slot*gap/2, b.top-low, slot*(1-gap), b.height+low)
			}
		}
		fmt.Fprintf(out, `<rect class="tip" x="%.1f" y="0" width="%.1f" height="%d"><title>%s</title></rect>`,
			left, slot, chartHeight, html.EscapeString(c.tip(i)))
	}
}
