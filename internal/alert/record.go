// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

const (
	// MaxList is how many entries of a list a log record takes.
	MaxList = 20
	// MaxSamples is how many sample flows a log record takes.
	MaxSamples = 5
)

// IsAlert tells whether the log record is an alert.
func IsAlert(lr plog.LogRecord) bool {
	return lr.EventName() == EventName
}

// ToRecord writes the alert into an empty log record. What belongs to the resource is written by [Alert.ToResource].
func (a *Alert) ToRecord(lr plog.LogRecord) {
	lr.SetEventName(EventName)
	lr.SetTimestamp(pcommon.NewTimestampFromTime(time.Unix(a.Time, 0)))
	if !a.Observed.IsZero() {
		lr.SetObservedTimestamp(pcommon.NewTimestampFromTime(a.Observed))
	}
	lr.SetSeverityNumber(plog.SeverityNumber(a.Severity))
	lr.SetSeverityText(a.Severity.Text())
	lr.Body().SetStr(a.Body)

	w := writer{lr.Attributes()}
	w.attributes.EnsureCapacity(48) // about as many as there are names
	w.text(AttrUID, a.UID)
	w.text(AttrStatus, string(a.Status))
	w.attributes.PutStr(AttrScope, a.Scope) // empty says that the scope is global

	w.text(AttrRule, a.Rule)
	w.text(AttrTitle, a.Title)
	w.text(AttrCategory, a.Category)
	w.text(AttrRuleset, Ruleset)
	w.text(AttrRulesetVersion, a.RulesetVersion)
	w.text(AttrFramework, Framework)
	w.text(AttrTacticID, a.Tactic.ID)
	w.text(AttrTacticName, a.Tactic.Name)
	w.text(AttrTechniqueID, a.Technique.ID)
	w.text(AttrTechniqueName, a.Technique.Name)
	w.texts(AttrRelated, a.Related, MaxList)

	w.address(AttrSource, a.Source)
	w.address(AttrDestination, a.Destination)
	w.number(AttrDestinationPort, int64(a.DestinationPort))
	w.text(AttrTransport, a.Transport)
	w.addresses(AttrSources, a.Sources)
	w.addresses(AttrDestinations, a.Destinations)
	w.ports(AttrDestinationPorts, a.DestinationPorts)
	w.flag(AttrTruncated, a.Truncated || max(len(a.Sources), len(a.Destinations), len(a.DestinationPorts)) > MaxList)

	w.count(AttrMeasure, a.Measure)
	w.count(AttrThreshold, a.Threshold)
	w.text(AttrUnit, string(a.Unit))
	w.number(AttrWindow, a.Window)
	w.number(AttrFirstSeen, a.FirstSeen)
	w.number(AttrLastSeen, a.LastSeen)
	w.count(AttrFlows, a.Flows)
	w.count(AttrPackets, a.Packets)
	w.count(AttrBytes, a.Bytes)
	w.text(AttrRoleEvidence, string(a.RoleEvidence))
	w.texts(AttrSamples, a.Samples, MaxSamples)

	w.address(AttrIndicator, a.Indicator)
	w.prefix(AttrIndicatorEntry, a.IndicatorEntry)
	w.text(AttrIndicatorProvider, a.IndicatorProvider)
	w.text(AttrFeed, a.Feed)
	w.text(AttrSourceCountry, a.SourceCountry)
	w.text(AttrDestinationCountry, a.DestinationCountry)

	w.text(AttrVPC, a.VPC)
	w.text(AttrInterface, a.Interface)
	w.text(AttrInstance, a.Instance)
	w.text(AttrImpact, a.Impact)
	w.text(AttrMitigation, a.Mitigation)
}

// FromRecord returns the alert that [Alert.ToRecord] wrote. Attributes that a pipeline has added are passed over; one
// that is no longer of its type is an error that names it. The resource is read by [Alert.FromResource].
func FromRecord(lr plog.LogRecord) (Alert, error) {
	if !IsAlert(lr) {
		return Alert{}, fmt.Errorf("not an alert: the event name is %q, not %q", lr.EventName(), EventName)
	}
	r := reader{attributes: lr.Attributes()}
	a := Alert{
		UID:      r.text(AttrUID),
		Status:   Status(r.text(AttrStatus)),
		Severity: severityOf(int32(lr.SeverityNumber())),
		Time:     lr.Timestamp().AsTime().Unix(),
		Scope:    r.text(AttrScope),

		Rule:           r.text(AttrRule),
		Title:          r.text(AttrTitle),
		Category:       r.text(AttrCategory),
		RulesetVersion: r.text(AttrRulesetVersion),
		Tactic:         Tactic{ID: r.text(AttrTacticID), Name: r.text(AttrTacticName)},
		Technique:      Technique{ID: r.text(AttrTechniqueID), Name: r.text(AttrTechniqueName)},
		Related:        r.texts(AttrRelated),

		Source:           r.address(AttrSource),
		Destination:      r.address(AttrDestination),
		DestinationPort:  r.port(AttrDestinationPort),
		Transport:        r.text(AttrTransport),
		Sources:          r.addresses(AttrSources),
		Destinations:     r.addresses(AttrDestinations),
		DestinationPorts: r.ports(AttrDestinationPorts),
		Truncated:        r.flag(AttrTruncated),

		Measure:      r.number(AttrMeasure),
		Threshold:    r.number(AttrThreshold),
		Unit:         Unit(r.text(AttrUnit)),
		Window:       r.seconds(AttrWindow),
		FirstSeen:    r.seconds(AttrFirstSeen),
		LastSeen:     r.seconds(AttrLastSeen),
		Flows:        r.number(AttrFlows),
		Packets:      r.number(AttrPackets),
		Bytes:        r.number(AttrBytes),
		RoleEvidence: RoleEvidence(r.text(AttrRoleEvidence)),
		Samples:      r.texts(AttrSamples),

		Indicator:          r.address(AttrIndicator),
		IndicatorEntry:     r.prefix(AttrIndicatorEntry),
		IndicatorProvider:  r.text(AttrIndicatorProvider),
		Feed:               r.text(AttrFeed),
		SourceCountry:      r.text(AttrSourceCountry),
		DestinationCountry: r.text(AttrDestinationCountry),

		VPC:        r.text(AttrVPC),
		Interface:  r.text(AttrInterface),
		Instance:   r.text(AttrInstance),
		Impact:     r.text(AttrImpact),
		Mitigation: r.text(AttrMitigation),
	}
	a.Body = r.short("body", lr.Body().AsString())
	if lr.ObservedTimestamp() != 0 {
		a.Observed = lr.ObservedTimestamp().AsTime()
	}
	if !a.Status.valid() {
		r.fail(AttrStatus, string(a.Status), "opened, updated or resolved")
	}
	return a, r.err
}
