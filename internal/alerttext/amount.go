// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alerttext

import (
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// Amount formats a number in the alert's unit: 250 ports, 21.7 MB. A negative number counts as zero.
func Amount(a *alert.Alert, n int64) string {
	n = max(n, 0)
	if a.Unit == alert.Bytes {
		return humanize.Bytes(n)
	}
	unit := string(a.Unit)
	return strings.TrimSpace(humanize.Count(n, strings.TrimSuffix(unit, "s"), unit))
}

// Total formats the measure of the whole episode, or the measure of the alert if it has no totals.
func Total(a *alert.Alert) string {
	if !HasTotals(a) {
		return Amount(a, a.Measure)
	}
	text := Amount(a, a.Episode.Measure)
	if a.Episode.Measure >= alert.MaxValues && (a.Unit == alert.Ports || a.Unit == alert.Destinations || a.Unit == alert.Attempts) {
		text = "at least " + text
	}
	return text
}

// HasTotals reports whether an alert has totals over its whole episode. An alert that opens one has none.
func HasTotals(a *alert.Alert) bool { return a.Episode.Flows > 0 }

// Threshold formats the threshold, such as 20 ports within 10 min. It is empty if one event is enough.
func Threshold(a *alert.Alert) string {
	if a.Threshold <= 1 {
		return ""
	}
	return Amount(a, a.Threshold) + within(a)
}

func within(a *alert.Alert) string {
	if a.Window <= 0 {
		return ""
	}
	return " within " + humanize.Seconds(a.Window)
}

// HowMuch describes the amount in one or two sentences: for the episode so far, and at the alert.
func HowMuch(a *alert.Alert) string {
	if a.Unit == "" {
		return ""
	}
	last := Amount(a, a.Measure) + within(a)
	if a.Threshold > 1 {
		threshold := humanize.Comma(a.Threshold)
		if a.Unit == alert.Bytes {
			threshold = humanize.Bytes(a.Threshold)
		}
		last += " (threshold " + threshold + ")"
	}
	if !HasTotals(a) {
		return last + ", " + inFlows(a.Unit, a.Flows, a.Packets, a.Bytes) + "."
	}
	e := &a.Episode
	so := "So far "
	if a.Status == alert.Resolved {
		so = "In all "
	}
	text := so + Total(a) + ", " + inFlows(a.Unit, e.Flows, e.Packets, e.Bytes)
	if e.Seconds > 0 {
		text += " over " + humanize.Seconds(e.Seconds)
	}
	return text + ". Last alert at " + last + "."
}

// inFlows formats the numbers of flows, packets and bytes, except the measure itself.
func inFlows(unit alert.Unit, flows, packets, bytes int64) string {
	var parts []string
	if unit != alert.Flows {
		parts = append(parts, humanize.Count(flows, "flow", "flows"))
	}
	if unit != alert.Packets {
		parts = append(parts, humanize.Count(packets, "packet", "packets"))
	}
	if unit != alert.Bytes {
		parts = append(parts, humanize.Bytes(bytes))
	}
	return "in " + strings.Join(parts, ", ")
}
