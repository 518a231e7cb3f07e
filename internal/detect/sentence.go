// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// details is what a sentence may contain that is not in the alert's fields.
type details struct {
	lowerBound bool   // the measure is a lower bound
	hosts      int    // number of distinct destinations
	reached    bool   // one of the flows was accepted
	list       string // the threat list that contains the address
	retention  int64  // of first-seen rules, in seconds
}

// count formats the measure with its noun: "25 ports", "at least 300 ports".
func (d details) count(a *alert.Alert, one, many string) string {
	text := humanize.Count(a.Measure, one, many)
	if d.lowerBound {
		text = "at least " + text
	}
	return text
}

// targets formats the destinations: the address if there is only one, or else their number.
func (d details) targets(a *alert.Alert, many string) string {
	if d.hosts == 1 {
		return a.Destinations[0].String()
	}
	return humanize.Count(d.hosts, many, many)
}

// in formats the time span of the evidence.
func in(a *alert.Alert) string {
	return "in " + humanize.Seconds(max(a.LastSeen-a.FirstSeen, 1))
}

// onTarget formats where ports were tried: on one destination, or on internal hosts in general.
func onTarget(a *alert.Alert) string {
	if !a.Destination.IsValid() {
		return " on internal hosts"
	}
	return " on " + a.Destination.String()
}

// onPort formats the destination port, or only the protocol if it has no ports.
func onPort(a *alert.Alert) string {
	if a.DestinationPort == 0 {
		return " over " + a.Transport
	}
	return fmt.Sprintf(" on %s port %d", a.Transport, a.DestinationPort)
}

// repeated formats how often something happened, if more than once.
func repeated(a *alert.Alert) string {
	if a.Measure == 1 {
		return ""
	}
	return fmt.Sprintf(", %s times %s", humanize.Comma(a.Measure), in(a))
}

// inParentheses formats an optional remark.
func inParentheses(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return " (" + text + ")"
}
