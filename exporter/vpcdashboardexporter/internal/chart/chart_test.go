// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func chartOf(points int, values ...func(int) uint64) *chart {
	c := &chart{ID: "c", Title: "C", Step: time.Minute, Write: count, Exact: exact, Axis: short}
	for i := range points {
		c.Times = append(c.Times, latest.Add(time.Duration(i)*time.Minute))
	}
	for i, of := range values {
		list := make([]uint64, points)
		for j := range list {
			list[j] = of(j)
		}
		c.Series = append(c.Series, newSeries(fmt.Sprint("S", i), fmt.Sprint("s", i), list))
	}
	return c
}

// shape is an element of a chart.
type shape struct {
	XMLName xml.Name
	Class   string  `xml:"class,attr"`
	X       float64 `xml:"x,attr"`
	Y       float64 `xml:"y,attr"`
	Width   float64 `xml:"width,attr"`
	Height  float64 `xml:"height,attr"`
	Text    string  `xml:",chardata"`
	Title   string  `xml:"title"`
}

func draw(t *testing.T, c *chart) map[string][]shape {
	t.Helper()
	picture, err := c.SVG()
	require.NoError(t, err)
	assert.NotContains(t, picture, "style=")
	assert.NotContains(t, picture, "rgb(")
	var svg struct {
		Shapes []shape `xml:",any"`
	}
	require.NoError(t, xml.Unmarshal([]byte(picture), &svg))
	shapes := map[string][]shape{}
	for _, s := range svg.Shapes {
		assert.NotEmpty(t, s.Class)
		shapes[s.Class] = append(shapes[s.Class], s)
	}
	return shapes
}

func TestBarsAreAsHighAsTheirValues(t *testing.T) {
	shapes := draw(t, chartOf(4, func(i int) uint64 { return uint64(100 * i) }, func(int) uint64 { return 50 }))
	first, second := shapes["fill-s0"], shapes["fill-s1"]
	require.Len(t, first, 3, "nothing is drawn for zero")
	require.Len(t, second, 4)
	assert.InDelta(t, 2*first[0].Height, first[1].Height, 2)
	assert.InDelta(t, 3*first[0].Height, first[2].Height, 2)
	assert.InDelta(t, first[0].Height/2, second[0].Height, 2)
	assert.InDelta(t, first[2].Y, second[3].Y+second[3].Height, 1.1, "one stands on the other")
	assert.InDelta(t, first[1].X-first[0].X, first[2].X-first[1].X, 0.11, "at even distances")
	assert.Len(t, shapes["line"], 1)
}

func TestEachPointHasATip(t *testing.T) {
	for _, points := range []int{1, 2, 60, 97, 400} {
		shapes := draw(t, chartOf(points, func(i int) uint64 { return uint64(i + 1) }))
		require.Len(t, shapes["tip"], points)
		require.Len(t, shapes["fill-s0"], points, points)
		assert.Equal(t, "2026-03-10 12:00:00 UTC, 1 min\nS0: 1", shapes["tip"][0].Title)
		for i, tip := range shapes["tip"] {
			bar := shapes["fill-s0"][i]
			assert.GreaterOrEqual(t, bar.X, tip.X)
			assert.LessOrEqual(t, bar.X+bar.Width, tip.X+tip.Width)
			assert.Positive(t, bar.Width)
			assert.LessOrEqual(t, tip.X+tip.Width, float64(chartWidth)+1)
		}
	}
}

func TestAChartOfNothingIsDrawn(t *testing.T) {
	assert.Empty(t, draw(t, chartOf(3, func(int) uint64 { return 0 }))["fill-s0"])
	assert.Empty(t, draw(t, chartOf(0, func(int) uint64 { return 0 }))["tip"])
}

func TestNamesInAChartAreEscaped(t *testing.T) {
	c := chartOf(2, func(int) uint64 { return 1 })
	c.Series[0].Name = "</title><script>alert(1)</script>"
	picture, err := c.SVG()
	require.NoError(t, err)
	assert.NotContains(t, picture, "<script")
	var drawn struct{}
	assert.NoError(t, xml.Unmarshal([]byte(picture), &drawn))
}

// Another picture than the one that is known must not become a wrong one.
func TestAPictureThatIsNotKnownHasNoBars(t *testing.T) {
	c := chartOf(2, func(int) uint64 { return 1 })
	for _, drawn := range []string{
		"", "<svg>", "<path", `<path d="M 1 1" style="fill:rgb(4,1,2)"/>`, `<path d="" style="`, `<text style="fill:rgb(1,1,2)">x`,
		`<circle cx="1" style="fill:rgb(4,1,2)"/>`, `<path d="M 1 1" style="fill:rgb(999,1,2)"/>`,
	} {
		assert.NotContains(t, c.restyle(drawn), "fill-", drawn)
	}
}

func TestRows(t *testing.T) {
	rows := chartOf(3, func(i int) uint64 { return uint64(i % 2) }, func(int) uint64 { return 0 }).Rows()
	assert.Equal(t, []row{{latest.Add(time.Minute), []string{"1", "0"}}}, rows)
}

func TestScaleIsRoundAndHighEnough(t *testing.T) {
	for greatest, want := range map[uint64]struct {
		highest uint64
		lines   int
	}{
		0: {1, 2}, 1: {1, 2}, 5: {5, 6}, 6: {6, 4}, 10: {10, 6}, 11: {15, 4}, 99: {100, 6}, 101: {150, 4}, 1_100_000: {1_500_000, 4},
	} {
		highest, lines := scale(greatest)
		assert.Equal(t, want.highest, highest, greatest)
		assert.Equal(t, want.lines, lines, greatest)
	}
	for v := uint64(1); v < 1<<62; v = v*3 + 1 {
		highest, lines := scale(v)
		assert.GreaterOrEqual(t, highest, v)
		assert.LessOrEqual(t, lines, maxLines+1)
	}
}

func TestTicksStandAtRoundTimes(t *testing.T) {
	times := func(from string, step time.Duration, n int) (list []time.Time) {
		at, err := time.Parse(time.RFC3339, from)
		require.NoError(t, err)
		for i := range n {
			list = append(list, at.Add(time.Duration(i)*step))
		}
		return list
	}
	for _, c := range []struct {
		times []time.Time
		want  string
	}{
		{times("2026-03-10T23:45:00Z", time.Minute, 15), "23:45 23:47/1 23:49/1"},
		{times("2026-03-10T12:00:00Z", 15*time.Minute, 96), "12:00 15:00 18:00 21:00 11 Mar 03:00 06:00 09:00"},
		{times("2026-03-02T00:00:00Z", 2*time.Hour, 120), "2 Mar 4 Mar 6 Mar 8 Mar 10 Mar"},
		{times("2026-03-10T12:07:00Z", time.Hour, 2), ""},
		{nil, ""},
	} {
		var texts []string
		for _, text := range ticks(c.times) {
			if text != "" {
				texts = append(texts, text)
			}
		}
		assert.LessOrEqual(t, len(texts), maxTicks+1)
		if strings.Contains(c.want, "/") || c.want == "" {
			continue
		}
		assert.Equal(t, c.want, strings.Join(texts, " "))
	}
}
