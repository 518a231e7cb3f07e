// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package findings

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// dataFindings returns the findings about the received data.
func dataFindings(h *overview.Health) []Finding {
	list := []Finding{lag(h)}
	if h.Flows == 0 && !h.Latest.IsZero() {
		list = append(list, Finding{
			"Flows", "none, only alerts", Note,
			"No flows reach this page. Add a pipeline from vpc_flow to vpc_dashboard, or set forward_flows of vpc_detection.",
		})
	} else {
		list = append(list, lost(h), tcpFlags(h), flowDirection(h))
	}
	list = append(list, outsideTimeRange(h)...)
	for _, counts := range []struct {
		title  string
		counts map[string]uint64
		level  Level
		hint   string
	}{
		{
			"Not decoded", h.Undecodable, Problem,
			"These records are neither flows nor alerts. Check that the dashboard receives only flow logs and alerts, and check their format.",
		},
		{
			"Evicted", h.Evicted, Note,
			"Memory is limited. The lightest entries and the oldest alerts were removed. The totals are still correct.",
		},
	} {
		if f, ok := countsFinding(counts.title, counts.counts, counts.level, counts.hint); ok {
			list = append(list, f)
		}
	}
	return list
}

func lag(h *overview.Health) Finding {
	if h.Latest.IsZero() {
		return Finding{"Latest flow", "none yet", Note, "Nothing has been received."}
	}
	behind := h.Received.Sub(h.Latest)
	f := Finding{"Lag", humanize.Duration(behind.Round(time.Second)) + " from event to dashboard", Good, "Records arrive as fast as AWS delivers them."}
	switch {
	case behind > day:
		f.Level = Note
		f.Hint = "These are old logs. All time ranges count back from their latest event."
	case behind > maxLag:
		f.Level = Problem
		f.Hint = "Records arrive late. Check the backlog of the receiver and the delivery of the flow log in AWS."
	}
	return f
}

func lost(h *overview.Health) Finding {
	f := Finding{"Lost by AWS", humanize.Count(h.SkipData, "SKIPDATA record", "SKIPDATA records"), Good, "AWS recorded all flows."}
	if h.SkipData > 0 {
		f.Level = Note
		f.Hint = "AWS could not record all flows in these intervals because of a capacity limit or an internal error. The rules cannot see the missing flows."
	}
	if h.NoData > 0 {
		f.Value += ", " + humanize.Count(h.NoData, "NODATA record of an idle interface", "NODATA records of idle interfaces")
	}
	return f
}

func tcpFlags(h *overview.Health) Finding {
	if h.WithFlags == 0 {
		return Finding{
			"TCP flags", "in no flow", Note,
			"Add tcp-flags to the format of the flow log. They distinguish requests from replies with certainty; ports do so only probably.",
		}
	}
	return Finding{
		"TCP flags", "in " + shortCount(h.WithFlags, "flow", "flows"), Good,
		"TCP flags distinguish requests from replies. For other flows, ports do.",
	}
}

func flowDirection(h *overview.Health) Finding {
	if h.WithDirection == 0 {
		return Finding{
			"Direction", "in no flow", Note,
			"Add flow-direction to the format of the flow log. It shows whether the sender or the receiver logged an internal flow, " +
				"so that an ACCEPT at the sender does not count as accepted by the receiver.",
		}
	}
	return Finding{
		"Direction", "in " + shortCount(h.WithDirection, "flow", "flows"), Good,
		"The direction shows whether the sender or the receiver logged a flow.",
	}
}

// outsideTimeRange returns the findings about flows whose time is outside the stored range.
func outsideTimeRange(h *overview.Health) []Finding {
	var list []Finding
	if h.TooOld > 0 {
		list = append(list, Finding{
			"Too old", humanize.Count(h.TooOld, "flow", "flows"), Note,
			"These flows are older than the retention of the dashboard and are not shown. The rules may have evaluated them.",
		})
	}
	if h.InFuture > 0 {
		list = append(list, Finding{
			"From the future", humanize.Count(h.InFuture, "flow", "flows"), Problem,
			"The time of these flows is too far ahead of the clock. Check the clocks of the collector and of the source.",
		})
	}
	return list
}

// shortCount is like [humanize.Count] with a decimal prefix from 10,000 on.
func shortCount(n uint64, one, many string) string {
	if n < 10_000 {
		return humanize.Count(n, one, many)
	}
	return humanize.Short(n) + " " + many
}
