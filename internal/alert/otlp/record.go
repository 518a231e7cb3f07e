// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"cmp"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// IsAlert reports whether a log record is an alert.
func IsAlert(lr plog.LogRecord) bool {
	return lr.EventName() == alert.EventName
}

// ToRecord writes an alert into an empty log record, except for the attributes of the resource, see [ToResource].
func ToRecord(a *alert.Alert, lr plog.LogRecord) {
	lr.SetEventName(alert.EventName)
	lr.SetTimestamp(pcommon.NewTimestampFromTime(time.Unix(a.Time, 0)))
	if !a.Observed.IsZero() {
		lr.SetObservedTimestamp(pcommon.NewTimestampFromTime(a.Observed))
	}
	lr.SetSeverityNumber(plog.SeverityNumber(a.Severity))
	lr.SetSeverityText(a.Severity.Text())
	lr.Body().SetStr(a.Body)

	w := writer{lr.Attributes()}
	w.attributes.EnsureCapacity(56) // about the number of attributes
	w.text(alert.AttrUID, a.UID)
	w.text(alert.AttrStatus, string(a.Status))
	w.attributes.PutStr(alert.AttrScope, a.Scope) // empty means global

	w.text(alert.AttrRule, a.Rule)
	w.text(alert.AttrTitle, a.Title)
	w.text(alert.AttrCategory, a.Category)
	w.text(alert.AttrRuleset, cmp.Or(a.Ruleset, alert.Ruleset))
	w.text(alert.AttrRulesetVersion, a.RulesetVersion)
	w.text(alert.AttrFramework, alert.Framework)
	w.text(alert.AttrTacticID, a.Tactic.ID)
	w.text(alert.AttrTacticName, a.Tactic.Name)
	w.text(alert.AttrTechniqueID, a.Technique.ID)
	w.text(alert.AttrTechniqueName, a.Technique.Name)
	w.texts(alert.AttrRelatedTechniques, a.RelatedTechniques)

	w.address(alert.AttrSource, a.Source)
	w.number(alert.AttrSourcePort, int64(a.SourcePort))
	w.address(alert.AttrDestination, a.Destination)
	w.number(alert.AttrDestinationPort, int64(a.DestinationPort))
	w.text(alert.AttrTransport, a.Transport)
	w.addresses(alert.AttrSources, a.Sources)
	w.addresses(alert.AttrDestinations, a.Destinations)
	w.ports(alert.AttrDestinationPorts, a.DestinationPorts)
	w.flag(alert.AttrTruncated, a.Truncated || max(len(a.Sources), len(a.Destinations), len(a.DestinationPorts), len(a.AcceptedTargets)) > alert.MaxList)

	w.count(alert.AttrMeasure, a.Measure)
	w.count(alert.AttrThreshold, a.Threshold)
	w.text(alert.AttrUnit, string(a.Unit))
	w.number(alert.AttrWindow, a.Window)
	w.number(alert.AttrFirstSeen, a.FirstSeen)
	w.number(alert.AttrLastSeen, a.LastSeen)
	w.count(alert.AttrFlows, a.Flows)
	w.count(alert.AttrPackets, a.Packets)
	w.count(alert.AttrBytes, a.Bytes)
	w.count(alert.AttrAcceptedFlows, a.AcceptedFlows)
	w.count(alert.AttrRejectedFlows, a.RejectedFlows)
	w.targets(alert.AttrAcceptedTargets, a.AcceptedTargets)
	w.totals(a.Episode)
	w.text(alert.AttrRoleEvidence, string(a.RoleEvidence))
	w.samples(alert.AttrSamples, a.Samples)

	w.address(alert.AttrIndicator, a.Indicator)
	w.prefix(alert.AttrIndicatorEntry, a.IndicatorEntry)
	w.text(alert.AttrIndicatorProvider, a.IndicatorProvider)
	w.text(alert.AttrFeed, a.Feed)
	w.text(alert.AttrIndicatorCategory, a.IndicatorCategory)
	w.text(alert.AttrSourceCountry, a.SourceCountry)
	w.text(alert.AttrDestinationCountry, a.DestinationCountry)
	w.number(alert.AttrSourceASNumber, int64(a.SourceAS.Number))
	w.text(alert.AttrSourceASOrganization, a.SourceAS.Organization)
	w.number(alert.AttrDestinationASNumber, int64(a.DestinationAS.Number))
	w.text(alert.AttrDestinationASOrganization, a.DestinationAS.Organization)

	w.text(alert.AttrVPC, a.VPC)
	w.text(alert.AttrInterface, a.Interface)
	w.text(alert.AttrInstance, a.Instance)
	w.machine(alert.PrefixSource, &a.SourceMachine)
	w.machine(alert.PrefixDestination, &a.DestinationMachine)
	w.texts(alert.AttrStages, a.Stages)
	w.texts(alert.AttrRelated, a.Related)
	w.text(alert.AttrImpact, a.Impact)
	w.text(alert.AttrMitigation, a.Mitigation)
	w.flag(alert.AttrDryRun, a.DryRun)
}

// FromRecord returns the alert of a log record, except for the attributes of the resource, see [FromResource]. It ignores
// other attributes. An error names the first attribute that has an invalid value or the wrong type.
func FromRecord(lr plog.LogRecord) (alert.Alert, error) {
	if !IsAlert(lr) {
		return alert.Alert{}, fmt.Errorf("not an alert: the event name is %q, not %q", lr.EventName(), alert.EventName)
	}
	r := reader{attributes: lr.Attributes()}
	a := alert.Alert{
		UID:      r.text(alert.AttrUID),
		Status:   alert.Status(r.text(alert.AttrStatus)),
		Severity: severityOf(int32(lr.SeverityNumber())),
		Time:     lr.Timestamp().AsTime().Unix(),
		Scope:    r.text(alert.AttrScope),

		Rule:              r.text(alert.AttrRule),
		Title:             r.text(alert.AttrTitle),
		Category:          r.text(alert.AttrCategory),
		Ruleset:           rulesetOf(r.text(alert.AttrRuleset)),
		RulesetVersion:    r.text(alert.AttrRulesetVersion),
		Tactic:            alert.Tactic{ID: r.text(alert.AttrTacticID), Name: r.text(alert.AttrTacticName)},
		Technique:         alert.Technique{ID: r.text(alert.AttrTechniqueID), Name: r.text(alert.AttrTechniqueName)},
		RelatedTechniques: r.texts(alert.AttrRelatedTechniques),

		Source:           r.address(alert.AttrSource),
		SourcePort:       r.port(alert.AttrSourcePort),
		Destination:      r.address(alert.AttrDestination),
		DestinationPort:  r.port(alert.AttrDestinationPort),
		Transport:        r.text(alert.AttrTransport),
		Sources:          r.addresses(alert.AttrSources),
		Destinations:     r.addresses(alert.AttrDestinations),
		DestinationPorts: r.ports(alert.AttrDestinationPorts),
		Truncated:        r.flag(alert.AttrTruncated),

		Measure:         r.number(alert.AttrMeasure),
		Threshold:       r.number(alert.AttrThreshold),
		Unit:            alert.Unit(r.text(alert.AttrUnit)),
		Window:          r.seconds(alert.AttrWindow),
		FirstSeen:       r.seconds(alert.AttrFirstSeen),
		LastSeen:        r.seconds(alert.AttrLastSeen),
		Flows:           r.number(alert.AttrFlows),
		Packets:         r.number(alert.AttrPackets),
		Bytes:           r.number(alert.AttrBytes),
		AcceptedFlows:   r.number(alert.AttrAcceptedFlows),
		RejectedFlows:   r.number(alert.AttrRejectedFlows),
		AcceptedTargets: r.targets(alert.AttrAcceptedTargets),
		Episode:         r.totals(),
		RoleEvidence:    alert.RoleEvidence(r.text(alert.AttrRoleEvidence)),
		Samples:         r.samples(alert.AttrSamples),

		Indicator:          r.address(alert.AttrIndicator),
		IndicatorEntry:     r.prefix(alert.AttrIndicatorEntry),
		IndicatorProvider:  r.text(alert.AttrIndicatorProvider),
		IndicatorCategory:  r.text(alert.AttrIndicatorCategory),
		Feed:               r.text(alert.AttrFeed),
		SourceCountry:      r.text(alert.AttrSourceCountry),
		DestinationCountry: r.text(alert.AttrDestinationCountry),
		SourceAS:           r.as(alert.AttrSourceASNumber, alert.AttrSourceASOrganization),
		DestinationAS:      r.as(alert.AttrDestinationASNumber, alert.AttrDestinationASOrganization),

		VPC:                r.text(alert.AttrVPC),
		Interface:          r.text(alert.AttrInterface),
		Instance:           r.text(alert.AttrInstance),
		SourceMachine:      r.machine(alert.PrefixSource),
		DestinationMachine: r.machine(alert.PrefixDestination),
		Stages:             r.texts(alert.AttrStages),
		Related:            r.texts(alert.AttrRelated),
		Impact:             r.text(alert.AttrImpact),
		Mitigation:         r.text(alert.AttrMitigation),
		DryRun:             r.flag(alert.AttrDryRun),
	}
	a.Body = r.bounded("body", lr.Body().AsString())
	if lr.ObservedTimestamp() != 0 {
		a.Observed = lr.ObservedTimestamp().AsTime()
	}
	if !a.Status.Valid() {
		r.fail(alert.AttrStatus, string(a.Status), "opened, updated or resolved")
	}
	return a, r.err
}

// severityOf returns the severity of a severity number. A pipeline may have changed the number, so any number is accepted.
func severityOf(number int32) alert.Severity {
	switch {
	case number <= 0:
		return 0
	case number < int32(alert.Medium):
		return alert.Low
	case number < int32(alert.High):
		return alert.Medium
	case number < int32(alert.Critical):
		return alert.High
	default:
		return alert.Critical
	}
}

// rulesetOf returns the ruleset of an alert by its attribute.
func rulesetOf(name string) string {
	if name == alert.Ruleset {
		return ""
	}
	return name
}
