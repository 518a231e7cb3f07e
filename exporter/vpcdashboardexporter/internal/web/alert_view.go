// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// alertView adds the texts of the pages to an alert.
type alertView struct {
	overview.Episode
}

func alertViews(episodes []overview.Episode) []alertView {
	views := make([]alertView, len(episodes))
	for i, e := range episodes {
		views[i] = alertView{e}
	}
	return views
}

// SeverityName returns the name of the severity, or "unknown".
func (a alertView) SeverityName() string { return cmp.Or(a.Severity.String(), "unknown") }

// URL returns the path of the alert's own page.
func (a alertView) URL() string { return "/alerts/" + url.PathEscape(a.UID) }

// Sentence describes what happened, or at least names the rule.
func (a alertView) Sentence() string { return cmp.Or(a.Body, a.Title, a.Rule) }

// Fields returns all fields of the alert's log record.
func (a alertView) Fields() []field { return recordFields(&a.Alert) }

// MeasuredAmount formats the measured value with its unit.
func (a alertView) MeasuredAmount() string { return a.amount(a.Measure) }

// ThresholdText describes the threshold, such as 20 ports in 10 min. It is empty if one event is enough.
func (a alertView) ThresholdText() string {
	if a.Threshold <= 1 {
		return ""
	}
	text := a.amount(a.Threshold)
	if a.Window > 0 {
		text += " in " + humanize.Seconds(a.Window)
	}
	return text
}

// amount formats a number in the alert's unit.
func (a alertView) amount(n int64) string {
	if a.Unit == alert.Bytes {
		return humanize.Bytes(positive(n))
	}
	unit := string(a.Unit)
	return strings.TrimSpace(humanize.Count(positive(n), strings.TrimSuffix(unit, "s"), unit))
}

// ThresholdFactor describes how far the measured value exceeds the threshold. It is empty if it does not.
func (a alertView) ThresholdFactor() string {
	if a.Threshold <= 0 || a.Measure <= a.Threshold {
		return ""
	}
	factor := strconv.FormatFloat(min(float64(a.Measure)/float64(a.Threshold), 999_999), 'f', 1, 64)
	return strings.TrimSuffix(factor, ".0") + " times the threshold"
}

// ThresholdPercent returns the threshold in percent of the measured value, at most 100.
func (a alertView) ThresholdPercent() int64 {
	if a.Threshold <= 0 {
		return 0
	}
	return int64(100 * float64(a.Threshold) / float64(max(a.Measure, a.Threshold)))
}

// Target describes the destination: an address, a port, or both.
func (a alertView) Target() string {
	switch {
	case a.Destination.IsValid() && a.DestinationPort != 0:
		return netip.AddrPortFrom(a.Destination, a.DestinationPort).String()
	case a.Destination.IsValid():
		return a.Destination.String()
	case len(a.Destinations) == 1:
		return a.Destinations[0].String()
	case len(a.Destinations) > 0:
		return a.Length(len(a.Destinations)) + " addresses"
	case a.DestinationPort != 0:
		return fmt.Sprintf("port %d", a.DestinationPort)
	default:
		return ""
	}
}

// Incomplete reports whether a list of n entries was truncated. A truncated record does not say which of its lists is
// incomplete, but a list with free space is complete.
func (a alertView) Incomplete(n int) bool { return a.Truncated && n >= alert.MaxList }

// Length describes the length of a list with n entries.
func (a alertView) Length(n int) string {
	if a.Incomplete(n) {
		return strconv.Itoa(n) + " or more"
	}
	return strconv.Itoa(n)
}

// LowerBound reports whether the measured value is a lower bound: the record is truncated, but none of its lists is.
func (a alertView) LowerBound() bool {
	return a.Truncated && !a.Incomplete(max(len(a.Sources), len(a.Destinations), len(a.DestinationPorts)))
}

// MoreDestinations reports whether the list has other destinations than the single one.
func (a alertView) MoreDestinations() bool {
	return len(a.Destinations) > 1 || len(a.Destinations) == 1 && a.Destinations[0] != a.Destination
}

// MorePorts reports whether the list has other ports than the single one.
func (a alertView) MorePorts() bool {
	return len(a.DestinationPorts) > 1 || len(a.DestinationPorts) == 1 && a.DestinationPorts[0] != a.DestinationPort
}

// Roles explains how the initiator of the traffic was determined.
func (a alertView) Roles() string {
	switch a.RoleEvidence {
	case alert.ByFlags:
		return "Determined by TCP flags: certain."
	case alert.ByPorts:
		return "Determined by port numbers: probable, but a reply may have been taken for a request. Log tcp-flags to be certain."
	case alert.ByNone:
		return "Not determined: the source of the flow is taken as the initiator. Check which side started before you act."
	default:
		return "Not stated in the alert."
	}
}
