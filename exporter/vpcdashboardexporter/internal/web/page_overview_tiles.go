// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"math"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// tile shows a number and its change.
type tile struct {
	Label, Value, Exact string
	// Change and Previous are empty if the previous period is not known. Previous is the value in that period.
	Change, Previous string
}

// totalTiles returns the tiles of the totals.
func totalTiles(v *overview.View) []tile {
	now, previous := &v.Totals, v.Previous
	if previous == nil {
		previous = &traffic.Totals{}
	}
	tiles := []tile{
		numberTile("Flows", now.Flows, previous.Flows, compact),
		numberTile("Bytes", now.Bytes, previous.Bytes, humanize.Bytes[uint64]),
		numberTile("Packets", now.Packets, previous.Packets, compact),
		numberTile("Accepted", now.Accepted, previous.Accepted, compact),
		numberTile("Rejected", now.Rejected, previous.Rejected, compact),
		rejectedShareTile(now, previous),
	}
	if v.Previous == nil {
		for i := range tiles {
			tiles[i].Change, tiles[i].Previous = "", ""
		}
	}
	return tiles
}

func numberTile(label string, now, previous uint64, format func(uint64) string) tile {
	return tile{
		Label: label, Value: format(now), Exact: humanize.Comma(now), Change: change(now, previous), Previous: format(previous),
	}
}

// maxFactor bounds the factor that change writes.
const maxFactor = 9999

// change describes how a number differs from the previous one.
func change(now, previous uint64) string {
	switch {
	case now == previous:
		return "no change"
	case previous == 0:
		return "none before"
	case now < previous:
		return "− " + humanize.Percent(previous-now, previous)
	case now/previous > 10:
		return "× " + humanize.Comma(min(now/previous, maxFactor))
	default:
		return "+ " + humanize.Percent(now-previous, previous)
	}
}

// rejectedShareTile returns the tile of the share of rejected flows among the flows with an action.
func rejectedShareTile(now, previous *traffic.Totals) tile {
	flows, previousFlows := now.Accepted+now.Rejected, previous.Accepted+previous.Rejected
	t := tile{
		Label: "Rejected share", Value: humanize.Percent(now.Rejected, flows), Previous: humanize.Percent(previous.Rejected, previousFlows),
		Exact: humanize.Comma(now.Rejected) + " of " + humanize.Count(flows, "flow with an action", "flows with an action"),
	}
	if previousFlows == 0 {
		t.Change = "none before"
		return t
	}
	points := rejectedPercent(now) - rejectedPercent(previous)
	switch {
	case math.Abs(points) < 0.05:
		t.Change = "no change"
	case points > 0:
		t.Change = fmt.Sprintf("+ %.1f points", points)
	default:
		t.Change = fmt.Sprintf("− %.1f points", -points)
	}
	return t
}

func rejectedPercent(t *traffic.Totals) float64 {
	return 100 * float64(t.Rejected) / float64(max(t.Accepted+t.Rejected, 1))
}

// severityTile shows the number of alerts of a severity and links to their list.
type severityTile struct {
	Name, Label string
	Count       int
	URL         string
}

// severityTiles returns one tile for each severity, the highest first. The counts match the linked lists. Dry-run alerts
// are not counted.
func severityTiles(store Store, params overviewParams) []severityTile {
	var tiles []severityTile
	var dryRun overview.DryRun // in links; unnecessary as long as there are no dry-run alerts
	if _, trials := store.Episodes(overview.AlertQuery{Range: params.query.Range, DryRun: overview.OnlyDryRun, Limit: 1}); trials > 0 {
		dryRun = overview.NoDryRun
	}
	higher := 0
	for _, s := range slices.Backward(severities) {
		_, total := store.Episodes(overview.AlertQuery{Range: params.query.Range, Severity: s.severity, DryRun: overview.NoDryRun, Limit: 1})
		url := alertsParams{Severity: s.name, Range: params.Range, DryRun: string(dryRun)}.URL("/alerts", 1)
		tiles = append(tiles, severityTile{s.name, s.label, max(total-higher, 0), url})
		higher = total
	}
	return tiles
}
