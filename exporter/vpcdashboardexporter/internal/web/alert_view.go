// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/alerttext"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/playbook"
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

// Sentence describes what happened. An alert without a body gives its title or its rule.
func (a alertView) Sentence() string { return cmp.Or(a.Body, a.Title, a.Rule) }

// Fields returns all fields of the alert's log record.
func (a alertView) Fields() []field { return recordFields(&a.Alert) }

// MeasuredAmount formats the measured value with its unit.
func (a alertView) MeasuredAmount() string { return alerttext.Amount(&a.Alert, a.Measure) }

// HasTotals reports whether the alert has totals over the whole episode.
func (a alertView) HasTotals() bool { return alerttext.HasTotals(&a.Alert) }

// Totals returns the totals over the whole episode.
func (a alertView) Totals() alert.Totals { return a.Alert.Episode }

// Total formats the measured value over the whole episode so far.
func (a alertView) Total() string { return alerttext.Total(&a.Alert) }

// Outcome says whether the traffic was let through.
func (a alertView) Outcome() string { return alerttext.Outcome(&a.Alert) }

// Accepted lists the destinations of accepted flows.
func (a alertView) Accepted() string { return alerttext.AcceptedTargets(&a.Alert) }

// Since says when the traffic began and ended.
func (a alertView) Since() string { return alerttext.Since(&a.Alert) }

// SourceName returns the display name of the source machine.
func (a alertView) SourceName() string { return alerttext.Name(&a.SourceMachine) }

// DestinationName returns the display name of the destination machine.
func (a alertView) DestinationName() string { return alerttext.Name(&a.DestinationMachine) }

// Best returns the best fit in MITRE ATT&CK.
func (a alertView) Best() detect.Classification { return detect.BestClassification(&a.Alert) }

// Steps returns the next steps.
func (a alertView) Steps() []playbook.Step { return playbook.Steps(&a.Alert) }

// Credentials says in which account to run the commands.
func (a alertView) Credentials() string { return playbook.Credentials(&a.Alert) }

// RuleURL returns the address of the rule's documentation.
func (a alertView) RuleURL() string { return playbook.RuleURL(a.Rule) }

// ThresholdText describes the threshold, such as 20 ports within 10 min. It is empty if one event is enough.
func (a alertView) ThresholdText() string { return alerttext.Threshold(&a.Alert) }

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

// LowerBound reports whether the measured value is a lower bound: the record is truncated, but none of its lists is.
func (a alertView) LowerBound() bool {
	return a.Truncated && !a.Incomplete(max(len(a.Sources), len(a.Destinations), len(a.DestinationPorts)))
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
