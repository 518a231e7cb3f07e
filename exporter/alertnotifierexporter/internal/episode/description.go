// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// howMuch says what was measured, over what, and when. A threshold of one is none: the rule fires at whatever it sees.
func howMuch(a *alert.Alert) string {
	var text strings.Builder
	if a.Unit != "" {
		text.WriteString(counted(a.Measure, string(a.Unit)))
		if a.Window > 0 {
			text.WriteString(" within " + period(a.Window))
		}
		if a.Threshold > 1 {
			fmt.Fprintf(&text, " (threshold %s)", thousands(a.Threshold))
		}
		text.WriteString(". ")
	}
	fmt.Fprintf(&text, "Evidence: %s, %s, %s", counted(a.Flows, "flows"), counted(a.Packets, "packets"), counted(a.Bytes, "bytes"))
	if a.FirstSeen != 0 {
		fmt.Fprintf(&text, " from %s to %s", timeText(a.FirstSeen), timeText(a.LastSeen))
	}
	return text.String() + "."
}

// counted writes a number with what it counts, which is given as of many.
func counted(n int64, what string) string {
	if n == 1 {
		what = strings.TrimSuffix(what, "s")
	}
	return thousands(n) + " " + what
}

func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// period writes a number of seconds in the two largest units that it has, as the summaries of alerts do.
func period(seconds int64) string {
	units := []struct {
		name    string
		seconds int64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}
	for i, unit := range units {
		if seconds < unit.seconds {
			continue
		}
		text := fmt.Sprintf("%d %s", seconds/unit.seconds, unit.name)
		if rest := seconds % unit.seconds; i+1 < len(units) && rest >= units[i+1].seconds {
			text += fmt.Sprintf(" %d %s", rest/units[i+1].seconds, units[i+1].name)
		}
		return text
	}
	return fmt.Sprintf("%d s", seconds)
}

func timeText(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format("2006-01-02 15:04:05 UTC")
}

// maxTime is the last second of the year 9999: what is later is no time.
const maxTime = 253402300799

// flowText formats a sample flow as [alert.Sample.String] does, with its time in UTC instead of Unix seconds.
func flowText(s alert.Sample) string {
	if s.Time <= 0 || s.Time > maxTime {
		return s.String()
	}
	return fmt.Sprintf("%s > %s %s %s %d %d %s %s", s.Source, s.Destination, s.ProtocolName(), s.Action,
		s.Packets, s.Bytes, timeText(s.Time), cmp.Or(s.Interface, "-"))
}
