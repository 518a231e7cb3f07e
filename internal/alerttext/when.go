// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package alerttext describes the parts of an alert in words, for the dashboard and for notifications: how much, since
// when, and whether it succeeded.
package alerttext

import (
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// Period returns the first and the last event time of the episode so far, in Unix seconds. Zero means unknown.
func Period(a *alert.Alert) (from, to int64) {
	from, to = a.FirstSeen, a.LastSeen
	if HasTotals(a) {
		to = max(a.Time, to)
		if start := a.Time - a.Episode.Seconds; from == 0 || start < from {
			from = max(start, 0)
		}
	}
	return from, to
}

// Since says when the traffic began and ended, such as "2025-01-15 00:00:00 UTC until 00:21:00 (21 min)".
func Since(a *alert.Alert) string {
	from, to := Period(a)
	if from <= 0 {
		return ""
	}
	first, last := time.Unix(from, 0).UTC(), time.Unix(to, 0).UTC()
	text := humanize.Time(first)
	if to <= from {
		return text
	}
	end := humanize.Time(last)
	if first.Format(time.DateOnly) == last.Format(time.DateOnly) {
		end = last.Format(time.TimeOnly)
	}
	until := " until "
	if a.Status != alert.Resolved {
		until = ", last seen "
	}
	return text + until + end + " (" + humanize.Seconds(to-from) + ")"
}

// Sample formats a flow for people, with its time in UTC. It returns the text of a sample that is not a flow unchanged.
func Sample(s alert.Sample) string {
	const maxTime = 253402300799 // the last second of the year 9999
	if !s.Source.IsValid() || s.Time <= 0 || s.Time > maxTime {
		return s.String()
	}
	parts := []string{
		humanize.Time(time.Unix(s.Time, 0)), s.Source.String() + " > " + s.Destination.String(), s.ProtocolName(), s.Action.String(),
		humanize.Count(s.Packets, "packet", "packets") + ",", humanize.Bytes(s.Bytes),
	}
	if s.Interface != "" {
		parts = append(parts, "on "+s.Interface)
	}
	return strings.Join(parts, " ")
}
