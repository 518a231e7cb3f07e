// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package alert defines alerts. Package [github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp] converts them to log
// records.
package alert

import (
	"net/netip"
	"time"
)

// Alert describes an episode of a rule at one time. The zero value of a field means unknown or not applicable; the log
// record omits it.
type Alert struct {
	// UID identifies the episode. All alerts of an episode have the same one, see [UID].
	UID string
	// Status says whether the alert opens, updates or resolves the episode.
	Status Status
	// Severity is the severity of the rule, unless the configuration or a threat list overrides it.
	Severity Severity
	// Time is the event time of the flow that fulfilled the condition, in Unix seconds. For a resolved episode it is the
	// last time at which the condition was fulfilled.
	Time int64
	// Observed is when the alert was emitted. Detection has no clock, so the emitting component sets it.
	Observed time.Time
	// Body is one sentence for people: who did what to whom, how much, and over what time.
	Body string

	// Scope is the account ID or VPC ID within which addresses are compared. It is empty for global.
	Scope string
	// Account is the AWS account ID of the last flow.
	Account string
	// Region is the AWS region of the last flow.
	Region string

	// Rule is the ID of the rule, such as external_port_scan.
	Rule string
	// Title is the name of the rule.
	Title string
	// Category is the kind of rule.
	Category string
	// Ruleset is the set that the rule belongs to, such as [CustomRuleset]. Empty means [Ruleset].
	Ruleset string
	// RulesetVersion is the version of the whole ruleset.
	RulesetVersion string
	// Tactic is the adversary's goal.
	Tactic Tactic
	// Technique is the adversary's method.
	Technique Technique
	// RelatedTechniques holds the IDs of further techniques that may apply, such as T1046.
	RelatedTechniques []string

	// Source is the address that the alert is about, if there is only one.
	Source netip.Addr
	// SourcePort is the port of the source, if the rule distinguishes source ports.
	SourcePort uint16
	// Destination is the address of the target, if there is only one; otherwise see Destinations.
	Destination netip.Addr
	// DestinationPort is the port of the target, if there is only one.
	DestinationPort uint16
	// Transport is the IANA keyword of the protocol in lower case, such as tcp, or its number if it has none.
	Transport string

	// Sources, Destinations and DestinationPorts are samples, most recent first. The log record keeps the first [MaxList]
	// of each.
	Sources          []netip.Addr
	Destinations     []netip.Addr
	DestinationPorts []uint16
	// Truncated is true if a list is incomplete, or if Measure is a lower bound.
	Truncated bool

	// Measure is the number that reached Threshold, in Unit, within Window seconds. Window is zero if the rule has none.
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
	// AcceptedFlows and RejectedFlows are the numbers of accepted and rejected flows in the evidence. Inside the
	// network, an ACCEPT of the source's interface does not count, because the destination's interface may still reject
	// the packets.
	AcceptedFlows int64
	RejectedFlows int64
	// AcceptedTargets are destinations of accepted flows of the evidence, most recent first. The port is zero for protocols
	// without ports. The log record keeps the first [MaxList].
	AcceptedTargets []netip.AddrPort
	// Episode holds the totals over the whole episode. It is zero in an alert that opens one.
	Episode Totals
	// RoleEvidence says how the initiator of the conversation was determined.
	RoleEvidence RoleEvidence
	// Samples are some of the flows of the evidence, most recent first. The log record keeps the first [MaxSamples].
	Samples []Sample

	// Indicator is the address that a threat list contains.
	Indicator netip.Addr
	// IndicatorEntry is the entry of the threat list that contains Indicator.
	IndicatorEntry netip.Prefix
	// IndicatorProvider is the provider of the threat list.
	IndicatorProvider string
	// Feed is the name of the threat list.
	Feed string
	// IndicatorCategory says what the addresses of the threat list are known for, such as botnet.
	IndicatorCategory string

	// SourceCountry and DestinationCountry are two-letter codes of ISO 3166-1.
	SourceCountry      string
	DestinationCountry string

	// SourceAS and DestinationAS are the autonomous systems of an external address.
	SourceAS      AS
	DestinationAS AS

	// VPC, Interface and Instance are the IDs of the subject: the internal host that the rule is about.
	VPC       string
	Interface string
	Instance  string
	// SourceMachine and DestinationMachine describe an internal source and a single internal destination, as known at
	// the time of the alert.
	SourceMachine      Machine
	DestinationMachine Machine

	// Stages are the stages of an attack sequence, in order of time. Related holds the UIDs of the alerts behind it, oldest
	// first. The log record keeps the first [MaxList] of each. Other alerts have neither.
	Stages  []string
	Related []string

	// Impact says why the alert matters. Mitigation says what to do about it.
	Impact     string
	Mitigation string

	// DryRun says that the rule is on trial. Such an alert is shown, but nobody is notified.
	DryRun bool
}

// Totals are numbers over the whole episode so far: from the first flow of the evidence that opened it to the last flow
// at which the condition was fulfilled.
type Totals struct {
	// Measure is the total in the alert's unit: a sum, the number of flows, or the number of different values. The latter
	// is a lower bound when it is greater than or equal to [MaxValues].
	Measure int64
	Flows   int64
	Packets int64
	Bytes   int64
	// Seconds is the time between the first and the last of these flows.
	Seconds int64
}

// Machine is the machine that an internal address belongs to.
type Machine struct {
	// Interface, Instance, VPC and Subnet are AWS ids. Zone is the id of an availability zone.
	Interface string
	Instance  string
	VPC       string
	Subnet    string
	Zone      string
	// Group is the ECS service or the tag of the Auto Scaling group.
	Group string
	// Name is what people call the machine. Owner is the person or team that is responsible for it.
	Name  string
	Owner string
}

// AS is an autonomous system: the network of one provider.
type AS struct {
	// Number is the number of the system, as in AS64496.
	Number uint32
	// Organization is the name of the provider.
	Organization string
}

// Tactic is a tactic of MITRE ATT&CK: an adversary's goal.
type Tactic struct {
	// ID is of the form TA0043.
	ID string
	// Name is its name, such as Reconnaissance.
	Name string
}

// Technique is a technique of MITRE ATT&CK: an adversary's method to reach a goal.
type Technique struct {
	// ID is of the form T1595.
	ID string
	// Name is its name, such as Active Scanning.
	Name string
}

const (
	// MaxList is the maximum number of entries of a list in a log record.
	MaxList = 20
	// MaxSamples is the maximum number of sample flows in a log record.
	MaxSamples = 5
	// MaxValues is the maximum number of different values that are counted over an episode.
	MaxValues = 4096
)
