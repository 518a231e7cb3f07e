// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// details holds what a sentence may contain in addition to the alert's fields. It is saved with the alert.
type details struct {
	LowerBound bool       `json:",omitempty"` // the measure is a lower bound
	Hosts      int        `json:",omitempty"` // number of distinct destinations
	Top        netip.Addr `json:",omitzero"`  // the destination of most entries
	Internal   bool       `json:",omitempty"` // the source is internal
	Reached    bool       `json:",omitempty"` // one of the flows was accepted
	List       string     `json:",omitempty"` // the threat list that contains the address
	Retention  int64      `json:",omitempty"` // of first-seen rules, in seconds
	Steps      []string   `json:",omitempty"` // of an attack sequence
	First      int64      `json:",omitempty"` // the measure of the alert that opened the episode
	Key        []string   `json:",omitempty"` // the parts of the key of a custom rule
}

// body writes the sentence of an alert. The rule's sentence says who did what to whom, and how much.
func (b *base) body(a *alert.Alert, d details) string {
	text := b.sentence(a, d)
	if a.Status != alert.Resolved {
		return text
	}
	for _, start := range []string{"External host", "Internal host", "Traffic"} {
		if strings.HasPrefix(text, start) {
			text = strings.ToLower(text[:1]) + text[1:]
		}
	}
	text = fmt.Sprintf("Ended after %s: %s", humanize.Seconds(max(a.Episode.Seconds, 1)), text)
	first := cmp.Or(d.First, a.Measure)
	switch {
	case a.Episode.Measure == first, a.Unit == alert.Stages:
		return text
	case a.Unit == alert.Bytes:
		return fmt.Sprintf("%s (alerted at %s)", text, humanize.Bytes(first))
	default:
		return fmt.Sprintf("%s (alerted at %s)", text, humanize.Comma(first))
	}
}

// measure returns the number to report: the measure of the alert, or of the whole episode once it has ended.
func measure(a *alert.Alert) int64 {
	if a.Status == alert.Resolved {
		return a.Episode.Measure
	}
	return a.Measure
}

// count formats the measure with its noun: "25 ports", "at least 300 ports".
func (d details) count(a *alert.Alert, one, many string) string {
	text := humanize.Count(measure(a), one, many)
	if a.Status == alert.Resolved {
		d.LowerBound = a.Unit != alert.Packets && measure(a) >= alert.MaxValues
	}
	if d.LowerBound {
		text = "at least " + text
	}
	return text
}

// targets formats the destinations: "10.0.1.10", "10.0.1.10 and 3 more hosts".
func (d details) targets() string {
	if d.Hosts == 0 {
		return "internal hosts"
	}
	return d.Top.String() + andMore(d.Hosts-1, "host")
}

// andMore formats the number of further items, or nothing if there are none.
func andMore(n int, noun string) string {
	if n < 1 {
		return ""
	}
	return " and " + humanize.Count(n, "more "+noun, "more "+noun+"s")
}

// in formats the time span of the evidence. The sentence of a resolved alert begins with the time.
func in(a *alert.Alert) string {
	if a.Status == alert.Resolved {
		return ""
	}
	return " in " + humanize.Seconds(max(a.LastSeen-a.FirstSeen, 1))
}

// sourceKind formats whether the source is internal or external.
func (d details) sourceKind() string {
	if d.Internal {
		return "Internal host"
	}
	return "External host"
}

// onPort formats the destination port, or only the protocol if it has no ports.
func onPort(a *alert.Alert) string {
	if a.DestinationPort == 0 {
		return " over " + a.Transport
	}
	return fmt.Sprintf(" on %s port %s", a.Transport, port(a.DestinationPort))
}

// port formats a port with the name of its service: "22 (SSH)".
func port(n uint16) string {
	return strconv.Itoa(int(n)) + inParentheses(flow.ServiceName(n))
}

// onPorts formats the destination ports if there are at most three.
func onPorts(a *alert.Alert) string {
	ports := a.DestinationPorts
	switch {
	case len(ports) == 0 || len(ports) > 3:
		return ""
	case len(ports) == 1:
		return " on port " + port(ports[0])
	}
	var list []string
	for _, n := range ports[:len(ports)-1] {
		list = append(list, port(n))
	}
	return " on ports " + strings.Join(list, ", ") + " and " + port(ports[len(ports)-1])
}

// services formats the names of the services of the destination ports: "SSH", "SSH and Remote Desktop".
func services(a *alert.Alert) string {
	var list []string
	for _, n := range a.DestinationPorts {
		name := flow.ServiceName(n)
		if name == "" || len(list) == 3 {
			return "remote service"
		}
		list = append(list, name)
	}
	if len(list) == 0 {
		return "remote service"
	}
	return strings.Join(list, " and ")
}

// maxShownTargets bounds the targets in a sentence.
const maxShownTargets = 5

// outcome formats which targets accepted flows: "; accepted: 10.0.1.10:80, :443".
func outcome(a *alert.Alert) string {
	switch {
	case len(a.AcceptedTargets) == 0 && a.RejectedFlows == 0:
		return "" // the records do not say
	case len(a.AcceptedTargets) == 0:
		return "; none accepted"
	}
	var list []string
	var last netip.Addr
	targets := slices.Clone(a.AcceptedTargets)
	slices.SortStableFunc(targets, func(a, b netip.AddrPort) int { return a.Addr().Compare(b.Addr()) })
	for _, target := range targets[:min(len(targets), maxShownTargets)] {
		text := target.String()
		switch {
		case target.Port() == 0:
			text = target.Addr().String()
		case target.Addr() == last:
			text = fmt.Sprintf(":%d", target.Port())
		}
		last = target.Addr()
		list = append(list, text)
	}
	return "; accepted: " + strings.Join(list, ", ") + andMore(len(a.AcceptedTargets)-len(list), "target")
}

// unlessAccepted returns the outcome, or nothing if a flow was accepted.
func unlessAccepted(a *alert.Alert) string {
	if len(a.AcceptedTargets) > 0 {
		return ""
	}
	return outcome(a)
}

// repeated formats how often something happened, if more than once.
func repeated(a *alert.Alert) string {
	if measure(a) == 1 {
		return ""
	}
	return fmt.Sprintf(", %s times%s", humanize.Comma(measure(a)), in(a))
}

// inParentheses formats an optional remark.
func inParentheses(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return " (" + text + ")"
}
