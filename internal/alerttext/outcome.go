// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alerttext

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// Outcome says whether the traffic was accepted. It is empty if the flows have no action. The counts of most alerts cover
// only the evidence of the last alert; Outcome then says how many flows came in addition.
func Outcome(a *alert.Alert) string {
	accepted, rejected := a.AcceptedFlows, a.RejectedFlows
	more := max(0, a.Episode.Flows-accepted-rejected)
	switch alert.Action(a.Rule) {
	case flow.Accept:
		accepted, more = accepted+more, 0
	case flow.Reject:
		rejected, more = rejected+more, 0
	default:
	}
	text := outcome(accepted, rejected)
	if text != "" && more > 0 {
		text += " " + humanize.Count(more, "other flow is", "other flows are") + " not counted here."
	}
	return text
}

func outcome(accepted, rejected int64) string {
	switch {
	case accepted <= 0 && rejected <= 0:
		return ""
	case accepted <= 0:
		return "No: " + all(rejected, "rejected")
	case rejected <= 0:
		return "Yes: " + all(accepted, "accepted")
	default:
		return "Yes, in part: " + humanize.Count(accepted, "flow was", "flows were") + " accepted, " + humanize.Comma(rejected) + " rejected."
	}
}

func all(flows int64, action string) string {
	switch flows {
	case 1:
		return "the flow was " + action + "."
	case 2:
		return "both flows were " + action + "."
	}
	return "all " + humanize.Comma(flows) + " flows were " + action + "."
}

// Target formats a destination with the name of its service: 10.0.1.10:443 (HTTPS). A port of zero is left out.
func Target(target netip.AddrPort) string {
	if target.Port() == 0 {
		return target.Addr().String()
	}
	return target.String() + serviceName(target.Port())
}

// Port formats a port with the name of its service: 443 (HTTPS).
func Port(port uint16) string { return strconv.Itoa(int(port)) + serviceName(port) }

// AcceptedTargets formats the destinations of accepted flows.
func AcceptedTargets(a *alert.Alert) string {
	return List(a, len(a.AcceptedTargets), func(i int) string { return Target(a.AcceptedTargets[i]) })
}

// List formats a list of the alert with n entries. It appends "and more" if entries may be missing.
func List(a *alert.Alert, n int, entry func(int) string) string {
	var parts []string
	for i := range min(n, alert.MaxList) {
		parts = append(parts, entry(i))
	}
	if n > alert.MaxList || a.Truncated && n == alert.MaxList {
		parts = append(parts, "and more")
	}
	return strings.Join(parts, ", ")
}
