// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package alert holds what a detection has to say: the Alert, and the log record that carries it through
// a pipeline. The record is written by [Alert.ToRecord] and read by [FromRecord], and nowhere else.
package alert

import (
	"net/netip"
	"time"
)

// Alert is one thing that a rule has to say about one episode. The zero value of a field means "not known" or
// "does not apply", and such a field is left out of the log record.
type Alert struct {
	// UID is the same for all alerts of one episode, see [UID].
	UID string
	// Status says whether the episode opened, went on or came to its end.
	Status Status
	// Severity is the rule's, or what the user or a threat list made of it.
	Severity Severity
	// Time is the event time, in Unix seconds, of the flow that made the condition hold. When the status is
	// resolved it is the last time at which the condition held.
	Time int64
	// Observed is when the alert was emitted. Detection knows no clock, so whoever emits the alert sets it.
	Observed time.Time
	// Body is one sentence a person can act on: who did what to whom, how much, in how long.
	Body string

	// Scope is the value within which addresses were compared: an account id, a VPC id, or empty for global.
	Scope string
	// Account is the AWS account id of the last flow.
	Account string
	// Region is the AWS region of the last flow.
	Region string

	// Rule is the id of the rule, such as external_port_scan.
	Rule string
	// Title is the rule's name for people.
	Title string
	// Category is the kind of rule.
	Category string
	// RulesetVersion is the version of the whole set of rules.
	RulesetVersion string
	// Tactic is the adversary's goal.
	Tactic Tactic
	// Technique is the adversary's way to the goal.
	Technique Technique
	// Related holds the ids of further techniques, such as T1046, that fit the finding as well.
	Related []string

	// Source is the address that the finding is about, where there is just one.
	Source netip.Addr
	// Destination is the address that was reached for, where there is just one; otherwise see Destinations.
	Destination netip.Addr
	// DestinationPort is the port that was reached for, where there is just one. Zero means none.
	DestinationPort uint16
	// Transport is the IANA keyword of the protocol in lower case, such as tcp, or its number where it has none.
	Transport string

	// Sources, Destinations and DestinationPorts are samples, most recent first. The log record takes the first
	// [MaxList] of each.
	Sources          []netip.Addr
	Destinations     []netip.Addr
	DestinationPorts []uint16
	// Truncated says that there were more than the lists show, or that Measure is a floor.
	Truncated bool

	// Measure is the number that crossed Threshold, in Unit, within Window seconds. A Window of zero means that
	// the rule has none.
	Measure   int64
	Threshold int64
	Unit      Unit
	Window    int64

	// FirstSeen and LastSeen are the earliest and latest event times of the evidence, in Unix seconds.
	FirstSeen int64
	LastSeen  int64
	// Flows, Packets and Bytes are totals over the evidence.
	Flows   int64
	Packets int64
	Bytes   int64
	// RoleEvidence is how the initiator of the conversation was told.
	RoleEvidence RoleEvidence
	// Samples are some of the flows of the evidence, most recent first. The log record keeps the first [MaxSamples].
	Samples []Sample

	// Indicator is the address that was found on a threat list.
	Indicator netip.Addr
	// IndicatorEntry is the list's entry that holds Indicator.
	IndicatorEntry netip.Prefix
	// IndicatorProvider says who or what stands behind the threat list.
	IndicatorProvider string
	// Feed is the name of the threat list.
	Feed string

	// SourceCountry and DestinationCountry are ISO 3166-1 codes of two letters.
	SourceCountry      string
	DestinationCountry string

	// VPC, Interface and Instance are the ids that the last flow carried.
	VPC       string
	Interface string
	Instance  string

	// Impact says why the finding matters, Mitigation what to do about it.
	Impact     string
	Mitigation string
}

// Tactic is an adversary's goal as MITRE ATT&CK numbers it.
type Tactic struct {
	// ID is of the form TA0043.
	ID string
	// Name is the goal in words, such as Reconnaissance.
	Name string
}

// Technique is an adversary's way to a goal as MITRE ATT&CK numbers it.
type Technique struct {
	// ID is of the form T1595.
	ID string
	// Name is the way in words, such as Active Scanning.
	Name string
}

const (
	// MaxList is how many entries of a list a log record takes.
	MaxList = 20
	// MaxSamples is how many sample flows a log record takes.
	MaxSamples = 5
)
