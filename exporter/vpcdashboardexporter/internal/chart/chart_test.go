// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

var start = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// newChart returns a chart with one series for each function of the time step's index.
func newChart(steps int, values ...func(int) uint64) *Chart {
	c := &Chart{ID: "c", Title: "C", Step: time.Minute, Format: humanize.Short[uint64], FormatAxis: humanize.Short[uint64]}
	for i := range steps {
		c.Times = append(c.Times, start.Add(time.Duration(i)*time.Minute))
	}
	for i, of := range values {
		list := make([]uint64, steps)
		for j := range list {
			list[j] = of(j)
		}
		c.Series = append(c.Series, NewSeries(fmt.Sprint("S", i), fmt.Sprint("s", i), list))
	}
	return c
}

// shape is an element of the SVG.
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

// draw returns the elements of the chart by their class.
func draw(t *testing.T, c *Chart) map[string][]shape {
	t.Helper()
	svg, err := c.SVG()
	require.NoError(t, err)
	assert.NotContains(t, svg, "style=", "the policy of the page forbids inline styles")
	var parsed struct {
		Role       string  `xml:"role,attr"`
		LabelledBy string  `xml:"aria-labelledby,attr"`
		Shapes     []shape `xml:",any"`
	}
	require.NoError(t, xml.Unmarshal([]byte(svg), &parsed))
	assert.Equal(t, "img", parsed.Role)
	assert.Equal(t, "c-title", parsed.LabelledBy)
	shapes := map[string][]shape{}
	for _, s := range parsed.Shapes {
		assert.NotEmpty(t, s.Class)
		shapes[s.Class] = append(shapes[s.Class], s)
	}
	return shapes
}

func TestBarHeightsAreProportionalToValues(t *testing.T) {
	shapes := draw(t, newChart(4, func(i int) uint64 { return uint64(100 * i) }, func(int) uint64 { return 50 }))
	first, second := shapes["fill-s0"], shapes["fill-s1"]
	require.Len(t, first, 3, "a value of zero has no bar")
	require.Len(t, second, 4)
	const rounding = 0.11
	assert.InDelta(t, 2*first[0].Height, first[1].Height, 2*rounding)
	assert.InDelta(t, 3*first[0].Height, first[2].Height, 2*rounding)
	assert.InDelta(t, first[0].Height/2, second[0].Height, rounding)
	assert.InDelta(t, first[2].Y, second[3].Y+second[3].Height, rounding, "the series are stacked")
	assert.InDelta(t, first[1].X-first[0].X, first[2].X-first[1].X, rounding, "the distances are equal")
	assert.InDelta(t, plotBottom, first[2].Y+first[2].Height, rounding)
	assert.InDelta(t, (plotBottom-plotTop)*300.0/400.0, first[2].Height, rounding, "the axis ends at 400")
}

func TestSmallValuesAreVisible(t *testing.T) {
	shapes := draw(t, newChart(2, func(i int) uint64 { return uint64(1 + i*1_000_000) }))
	assert.InDelta(t, minBarHeight, shapes["fill-s0"][0].Height, 0.01)
}

func TestTheValueAxisHasALineAndALabelForEachInterval(t *testing.T) {
	shapes := draw(t, newChart(3, func(int) uint64 { return 14_000 }))
	assert.Len(t, shapes["line"], 1)
	assert.Len(t, shapes["grid"], 3)
	var labels []string
	for _, s := range shapes["axis"] {
		labels = append(labels, s.Text)
		assert.GreaterOrEqual(t, s.X, 0.0)
		assert.LessOrEqual(t, s.X, float64(width))
		assert.LessOrEqual(t, s.Y, float64(height))
	}
	assert.Equal(t, []string{"0", "5 k", "10 k", "15 k", "12:00", "12:01", "12:02"}, labels)
}

func TestEachTimeStepHasATooltip(t *testing.T) {
	for _, steps := range []int{1, 2, 60, 97, 400} {
		shapes := draw(t, newChart(steps, func(i int) uint64 { return uint64(i + 1) }))
		require.Len(t, shapes["tip"], steps)
		require.Len(t, shapes["fill-s0"], steps)
		assert.Equal(t, "2026-03-10 12:00:00 UTC, 1 min\nS0: 1", shapes["tip"][0].Title)
		for i, tip := range shapes["tip"] {
			bar := shapes["fill-s0"][i]
			assert.GreaterOrEqual(t, bar.X, tip.X)
			assert.LessOrEqual(t, bar.X+bar.Width, tip.X+tip.Width+0.11)
			assert.Positive(t, bar.Width)
			assert.LessOrEqual(t, tip.X+tip.Width, float64(width))
		}
	}
}

func TestEmptyChartsAreDrawn(t *testing.T) {
	assert.Empty(t, draw(t, newChart(3, func(int) uint64 { return 0 }))["fill-s0"])
	assert.Empty(t, draw(t, newChart(0, func(int) uint64 { return 0 }))["tip"])
}

func TestHugeValuesAreDrawn(t *testing.T) {
	huge := func(int) uint64 { return math.MaxUint64 }
	for _, shape := range draw(t, newChart(2, huge, func(i int) uint64 { return huge(i) - 1 }))["fill-s1"] {
		assert.GreaterOrEqual(t, shape.Y, 0.0)
		assert.Positive(t, shape.Height)
	}
}

func TestNamesAreEscaped(t *testing.T) {
	c := newChart(2, func(int) uint64 { return 1 })
	c.Series[0].Name = "</title><script>alert(1)</script>"
	svg, err := c.SVG()
	require.NoError(t, err)
	assert.NotContains(t, svg, "<script")
	assert.NoError(t, xml.Unmarshal([]byte(svg), new(struct{})))
}

func TestRowsLeaveOutEmptySteps(t *testing.T) {
	rows := newChart(3, func(i int) uint64 { return uint64(i % 2) }, func(int) uint64 { return 0 }).Rows()
	assert.Equal(t, []Row{{start.Add(time.Minute), []string{"1", "0"}}}, rows)
}

func TestScaleIsRoundAndHighEnough(t *testing.T) {
	for highest, want := range map[float64]struct {
		interval float64
		count    int
	}{
		0: {1, 1}, 1: {1, 1}, 5: {1, 5}, 6: {2, 3}, 10: {2, 5}, 11: {5, 3}, 99: {20, 5}, 101: {50, 3}, 1_100_000: {500_000, 3},
	} {
		interval, count := niceScale(highest)
		assert.InDelta(t, want.interval, interval, 0, highest)
		assert.Equal(t, want.count, count, highest)
	}
	for v := 1.0; v < 1<<66; v = v*3 + 1 {
		interval, count := niceScale(v)
		assert.GreaterOrEqual(t, interval*float64(count), v)
		assert.LessOrEqual(t, count, maxIntervals)
	}
}

func TestTimeLabelsAreAtRoundTimes(t *testing.T) {
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
		{times("2026-03-10T23:45:00Z", time.Minute, 15), "23:46 23:48 23:50 23:52 23:54 23:56 23:58"},
		{times("2026-03-10T12:00:00Z", 15*time.Minute, 96), "12:00 15:00 18:00 21:00 11 Mar 03:00 06:00 09:00"},
		{times("2026-03-02T00:00:00Z", 2*time.Hour, 120), "2 Mar 4 Mar 6 Mar 8 Mar 10 Mar"},
		{times("2026-03-10T12:07:00Z", time.Hour, 2), "13:00"},
		{nil, ""},
	} {
		var labels []string
		for _, label := range tickLabels(c.times) {
			if label != "" {
				labels = append(labels, label)
			}
		}
		assert.LessOrEqual(t, len(labels), maxTicks+1)
		assert.Equal(t, c.want, strings.Join(labels, " "))
	}
}
