// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"math"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// tile is a number and how it has changed.
type tile struct {
	Label, Value, Exact string
	// Change and Before, what it was in the period before, are empty where nothing is known of that.
	Change, Before string
}

// tiles are the totals of the view.
func tiles(v *overview.View) []tile {
	now, before := &v.Totals, v.Before
	if before == nil {
		before = &overview.Sums{}
	}
	list := []tile{
		number("Flows", now.Flows, before.Flows, count),
		number("Bytes", now.Bytes, before.Bytes, byteCount),
		number("Packets", now.Packets, before.Packets, count),
		number("Accepted", now.Accepted, before.Accepted, count),
		number("Rejected", now.Rejected, before.Rejected, count),
		share(now, before),
	}
	if v.Before == nil {
		for i := range list {
			list[i].Change, list[i].Before = "", ""
		}
	}
	return list
}

func number(label string, now, before uint64, write func(uint64) string) tile {
	return tile{
		Label: label, Value: write(now), Exact: exact(now), Change: change(now, before),
		Before: write(before),
	}
}

// change writes by how much a number differs from the one before.
func change(now, before uint64) string {
	switch {
	case now == before:
		return "± 0 %"
	case before == 0:
		return "none before"
	}
	percents := 100 * (float64(now) - float64(before)) / float64(before)
	sign := "+"
	if percents < 0 {
		sign = "−"
	}
	switch p := math.Abs(percents); {
	case p < 0.1:
		return sign + " < 0.1 %"
	case p >= 1000:
		return fmt.Sprintf("%s× %s", sign, digits(min(float64(now)/float64(before), 9999)))
	default:
		return fmt.Sprintf("%s %s %%", sign, digits(math.Round(10*p)/10))
	}
}

// share is the part of flows that were rejected, of those with an action.
func share(now, before *overview.Sums) tile {
	t := tile{
		Label: "Rejected share", Value: percent(now.Rejected, now.Accepted+now.Rejected),
		Exact:  fmt.Sprintf("%s of %s flows with an action", exact(now.Rejected), exact(now.Accepted+now.Rejected)),
		Before: percent(before.Rejected, before.Accepted+before.Rejected),
	}
	if before.Accepted+before.Rejected == 0 {
		t.Change = "none before"
		return t
	}
	points := ratio(now) - ratio(before)
	switch {
	case math.Abs(points) < 0.05:
		t.Change = "± 0 points"
	case points > 0:
		t.Change = fmt.Sprintf("+ %.1f points", points)
	default:
		t.Change = fmt.Sprintf("− %.1f points", -points)
	}
	return t
}

func ratio(s *overview.Sums) float64 {
	return 100 * float64(s.Rejected) / float64(max(s.Accepted+s.Rejected, 1))
}

// severityTile says how many alerts of a severity there are, and where they are listed.
type severityTile struct {
	Name, Label string
	Count       int
	URL         string
}

// severityTiles has the worst first. The counts are those of the lists that they lead to.
func (h *handler) severityTiles(ask overviewAsk) []severityTile {
	var list []severityTile
	worse := 0
	for _, s := range slices.Backward(severityNames) {
		_, total := h.store.Episodes(overview.AlertQuery{Range: ask.query.Range, Severity: s.severity, Limit: 1})
		url := alertsAsk{Severity: s.name, Range: ask.Range}.URL("/alerts", 1)
		list = append(list, severityTile{s.name, s.label, max(total-worse, 0), url})
		worse = total
	}
	return list
}
