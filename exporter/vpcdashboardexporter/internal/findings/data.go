// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// finding is one thing about the health of the data: what is, how bad it is, and what to do about it.
type finding struct {
	Title, Value string
	// Level is good, note or bad.
	Level string
	Hint  string
}

const (
	good = "good"
	note = "note"
	bad  = "bad"
)

// staleAfter is how far the data may be behind the clock. AWS delivers a record up to ten minutes after its interval of
// up to ten minutes, to S3 commonly another five later.
const staleAfter = 30 * time.Minute

// findings are what the data says of its own health.
func (h *handler) findings(ctx context.Context, health *overview.Health) []finding {
	list := []finding{lag(health)}
	if health.Flows == 0 && !health.Latest.IsZero() {
		list = append(list, finding{
			"Flows", "none, only alerts", note,
			"No flows reach this page: add a pipeline from vpc_flow to vpc_dashboard, or set forward_flows of vpc_detection.",
		})
	} else {
		list = append(list, lost(health), flags(health), directions(health))
	}
	list = append(list, strays(health)...)
	if f, ok := counted("Not understood", health.Undecodable, bad,
		"These records are neither flows nor alerts. Check that only flow logs and alerts come to the dashboard, and their format."); ok {
		list = append(list, f)
	}
	if f, ok := counted("Forgotten", health.Forgotten, note,
		"Memory is bounded: the lightest made room for heavier ones, old alerts for new ones. Totals are right all the same."); ok {
		list = append(list, f)
	}
	if h.options.Collector != nil {
		collector := h.options.Collector(ctx)
		list = append(list, collectorFindings(&collector)...)
	}
	return list
}

func lag(h *overview.Health) finding {
	if h.Latest.IsZero() {
		return finding{"Latest flow", "none yet", note, "Nothing has been received."}
	}
	behind := h.Received.Sub(h.Latest)
	f := finding{"Lag", period(behind.Round(time.Second)) + " from event to dashboard", good, "Records come as fast as AWS delivers them."}
	switch {
	case behind > day:
		f.Level = note
		f.Hint = "These are old logs, read again. All ranges count back from their latest event."
	case behind > staleAfter:
		f.Level = bad
		f.Hint = "Records come late. Look at the receiver's backlog, and at the delivery of the flow log in AWS."
	}
	return f
}

func lost(h *overview.Health) finding {
	f := finding{"Lost by AWS", exact(h.SkipData) + " SKIPDATA records", good, "AWS has recorded all flows."}
	if h.SkipData > 0 {
		f.Level = note
		f.Hint = "In these intervals AWS could not record all flows, for want of capacity. What it left out no rule can see."
	}
	if h.NoData > 0 {
		f.Value += fmt.Sprintf(", %s NODATA records of idle interfaces", exact(h.NoData))
	}
	return f
}

func flags(h *overview.Health) finding {
	if h.WithFlags == 0 {
		return finding{
			"TCP flags", "no flow has them", note,
			"Add tcp-flags to the flow log's format: who asked and who answered is then certain, where it is now told by ports.",
		}
	}
	return finding{"TCP flags", count(h.WithFlags) + " flows have them", good, "They tell who asked and who answered; of others, ports do."}
}

func directions(h *overview.Health) finding {
	if h.WithDirection == 0 {
		return finding{
			"Direction", "no flow has one", note,
			"Add flow-direction to the format: inside the network the sender's ACCEPT is then not taken for the receiver's.",
		}
	}
	return finding{"Direction", count(h.WithDirection) + " flows have one", good, "It tells the sender's record from the receiver's."}
}

// strays are records whose time is out of what is kept.
func strays(h *overview.Health) []finding {
	var list []finding
	if h.TooLate > 0 {
		list = append(list, finding{
			"Too late", exact(h.TooLate) + " flows", note,
			"They are older than all that the dashboard keeps, and in no sum here. The rules may have seen them.",
		})
	}
	if h.TooNew > 0 {
		list = append(list, finding{
			"From the future", exact(h.TooNew) + " flows", bad,
			"Their time is implausibly far ahead. Check the clocks of what writes and what reads them.",
		})
	}
	return list
}

// counted sums up counts by reason, and tells whether there are any.
func counted(title string, counts map[string]uint64, level, hint string) (finding, bool) {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		if counts[reason] > 0 {
			parts = append(parts, exact(counts[reason])+" "+strings.ReplaceAll(reason, "_", " "))
		}
	}
	return finding{title, strings.Join(parts, ", "), level, hint}, len(parts) > 0
}
