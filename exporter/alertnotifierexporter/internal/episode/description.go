// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// description returns the measured value, its window and threshold, and the totals over the evidence. It omits a
// threshold of one, because such a rule fires at the first event.
func description(a *alert.Alert) string {
	var text strings.Builder
	if a.Unit != "" {
		text.WriteString(count(a.Measure, string(a.Unit)))
		if a.Window > 0 {
			text.WriteString(" within " + humanize.Seconds(a.Window))
		}
		if a.Threshold > 1 {
			fmt.Fprintf(&text, " (threshold %s)", humanize.Comma(a.Threshold))
		}
		text.WriteString(". ")
	}
	fmt.Fprintf(&text, "Evidence: %s, %s, %s", count(a.Flows, "flows"), count(a.Packets, "packets"), count(a.Bytes, "bytes"))
	if a.FirstSeen != 0 {
		fmt.Fprintf(&text, " from %s to %s", timeText(a.FirstSeen), timeText(a.LastSeen))
	}
	return text.String() + "."
}

// flowText formats a sample flow with its time in UTC. A time after the year 9999 stays a number.
func flowText(s alert.Sample) string {
	const maxTime = 253402300799 // the last second of the year 9999
	if !s.Source.IsValid() || s.Time <= 0 || s.Time > maxTime {
		return s.String()
	}
	return fmt.Sprintf("%s > %s %s %s %d %d %s %s", s.Source, s.Destination, s.ProtocolName(), s.Action, s.Packets, s.Bytes,
		timeText(s.Time), cmp.Or(s.Interface, "-"))
}

// count formats a number with its unit, which is given in the plural.
func count(n int64, unit string) string {
	return humanize.Count(n, strings.TrimSuffix(unit, "s"), unit)
}

// timeText formats Unix seconds in UTC. It returns an empty string for zero.
func timeText(unix int64) string {
	if unix == 0 {
		return ""
	}
	return humanize.Time(time.Unix(unix, 0))
}
