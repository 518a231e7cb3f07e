// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsf

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// productName is the name of the product in findings.
const productName = "otelcol-vpcflow"

// ClassFinding is the number of the class Detection Finding.
const ClassFinding = 2004

// caption is a number with its name.
type caption struct {
	id   int
	name string
}

var (
	activities  = map[alert.Status]caption{alert.Opened: {1, "Create"}, alert.Updated: {2, "Update"}, alert.Resolved: {3, "Close"}}
	statuses    = map[alert.Status]caption{alert.Opened: {1, "New"}, alert.Updated: {2, "In Progress"}, alert.Resolved: {4, "Resolved"}}
	severities  = map[alert.Severity]caption{alert.Low: {2, "Low"}, alert.Medium: {3, "Medium"}, alert.High: {4, "High"}, alert.Critical: {5, "Critical"}}
	confidences = map[alert.RoleEvidence]caption{alert.ByFlags: {3, "High"}, alert.ByPorts: {2, "Medium"}, alert.ByNone: {1, "Low"}}
)

// Finding converts an alert to a Detection Finding. All alerts of an episode have the same finding_info.uid.
func Finding(a *alert.Alert) *Event {
	activity := activities[a.Status]
	e := &Event{
		Metadata: metadata{
			Version: Version, Product: product{Name: productName, VendorName: productName, Version: a.RulesetVersion}, Profiles: []string{"cloud"},
			UID: strings.Join([]string{a.UID, string(a.Status), strconv.FormatInt(a.Time, 10)}, "-"), TenantUID: a.Scope,
		},
		CategoryUID: 2, CategoryName: "Findings", ClassUID: ClassFinding, ClassName: "Detection Finding",
		ActivityID: activity.id, ActivityName: activity.name,
		TypeUID: ClassFinding*100 + activity.id, TypeName: "Detection Finding: " + activity.name,
		Time: millis(a.Time), StartTime: millis(a.FirstSeen), EndTime: millis(a.LastSeen), Count: max(a.Flows, 1),
		Message: a.Body, Cloud: cloudOf(a.Account, a.Region), Unmapped: unmapped(a),
		FindingInfo: findingOf(a), IsAlert: new(a.Status != alert.Resolved && !a.DryRun),
	}
	e.SeverityID, e.Severity = severities[a.Severity].id, cmp.Or(severities[a.Severity].name, "Unknown")
	e.StatusID, e.Status = statuses[a.Status].id, statuses[a.Status].name
	e.ConfidenceID, e.Confidence = confidences[a.RoleEvidence].id, confidences[a.RoleEvidence].name
	e.Evidences, e.Observable, e.Resources = evidences(a), observables(a), resources(a)
	if a.Mitigation != "" {
		e.Remediation = &remediation{a.Mitigation}
	}
	if a.Indicator.IsValid() {
		e.Metadata.Profiles = append(e.Metadata.Profiles, "osint")
		e.OSINT = []osint{{
			TypeID: 1, Type: "IP Address", Value: a.Indicator.String(), Name: a.Feed, VendorName: a.IndicatorProvider, Desc: a.IndicatorCategory,
		}}
	}
	return e
}

func millis(seconds int64) int64 { return seconds * 1000 }

func findingOf(a *alert.Alert) *findingInfo {
	f := &findingInfo{
		UID: a.UID, Title: cmp.Or(a.Title, a.Rule), Desc: a.Impact, DataSources: []string{"Amazon VPC Flow Logs"},
		Analytic: &analytic{
			UID: a.Rule, Name: a.Title, TypeID: 1, Type: "Rule", StateID: 1, State: "Active", Category: a.Category, Version: a.RulesetVersion,
		},
		FirstSeenTime: millis(a.FirstSeen), LastSeenTime: millis(a.LastSeen), ModifiedTime: millis(a.Time),
	}
	if a.Status == alert.Opened {
		f.CreatedTime = millis(a.Time)
	}
	if a.DryRun {
		f.Analytic.StateID, f.Analytic.State = 3, "Experimental"
	}
	if a.Category != "" {
		f.Types = []string{a.Category}
	}
	if a.Tactic.ID != "" || a.Technique.ID != "" {
		f.Attacks = append(f.Attacks, attackOf(a.Tactic, a.Technique))
	}
	for _, id := range a.RelatedTechniques {
		f.Attacks = append(f.Attacks, attackOf(alert.Tactic{}, alert.Technique{ID: id}))
	}
	for _, uid := range a.Related {
		f.RelatedEvents = append(f.RelatedEvents, relatedEvent{uid})
	}
	return f
}

// attackOf converts a tactic and a technique. A technique such as T1562.008 is a sub-technique.
func attackOf(tactic alert.Tactic, technique alert.Technique) (to attack) {
	if tactic.ID != "" {
		to.Tactic = &mitre{tactic.ID, tactic.Name}
	}
	parent, _, isSub := strings.Cut(technique.ID, ".")
	switch {
	case isSub:
		to.Technique, to.SubTechnique = &mitre{UID: parent}, &mitre{technique.ID, technique.Name}
	case technique.ID != "":
		to.Technique = &mitre{technique.ID, technique.Name}
	}
	return to
}

// evidences describes the traffic as a whole, and then the sample flows.
func evidences(a *alert.Alert) []evidence {
	whole := evidence{
		Name: "evidence", ConnectionInfo: connection(direction(a)),
		SrcEndpoint: endpointOf(a.Source, a.SourcePort, &a.SourceMachine, a.SourceCountry, a.SourceAS),
		DstEndpoint: endpointOf(a.Destination, a.DestinationPort, &a.DestinationMachine, a.DestinationCountry, a.DestinationAS),
		Data:        map[string]any{"traffic": traffic{uint64(max(a.Packets, 0)), uint64(max(a.Bytes, 0))}},
	}
	if whole.SrcEndpoint == nil && (a.Interface != "" || a.Instance != "") {
		whole.SrcEndpoint = &endpoint{InterfaceUID: a.Interface, InstanceUID: a.Instance, VPCUID: a.VPC}
	}
	whole.ConnectionInfo.ProtocolName = a.Transport
	if n, ok := flow.ProtocolNumber(a.Transport); ok {
		whole.ConnectionInfo.ProtocolNum = new(int(n))
	}
	list := []evidence{whole}
	for _, s := range a.Samples[:min(len(a.Samples), alert.MaxSamples)] {
		if !s.Source.IsValid() || !s.Destination.IsValid() {
			continue
		}
		info := connection(direction(a))
		info.ProtocolNum, info.ProtocolName = new(int(s.Protocol)), flow.ProtocolName(s.Protocol)
		list = append(list, evidence{
			Name: "sample flow", ConnectionInfo: info,
			SrcEndpoint: &endpoint{IP: s.Source.Addr().String(), Port: s.Source.Port()},
			DstEndpoint: &endpoint{IP: s.Destination.Addr().String(), Port: s.Destination.Port()},
			Data: map[string]any{
				"traffic": traffic{s.Packets, s.Bytes}, "action": s.Action.String(), "time": millis(s.Time), "interface_uid": s.Interface,
			},
		})
	}
	return list
}

// direction returns the direction_id of the evidence, as far as the alert says which sides are internal.
func direction(a *alert.Alert) int {
	source, destination := a.SourceMachine != alert.Machine{}, a.DestinationMachine != alert.Machine{}
	switch {
	case source && destination:
		return 3
	case a.DestinationCountry != "" || a.DestinationAS.Number != 0:
		return 2
	case a.SourceCountry != "" || a.SourceAS.Number != 0:
		return 1
	}
	return 0
}

func endpointOf(address netip.Addr, port uint16, m *alert.Machine, country string, as alert.AS) *endpoint {
	if !address.IsValid() {
		return nil
	}
	e := &endpoint{
		IP: address.String(), Port: port, Name: m.Name, InstanceUID: m.Instance, InterfaceUID: m.Interface, VPCUID: m.VPC, SubnetUID: m.Subnet, Zone: m.Zone,
	}
	if m.Owner != "" {
		e.Owner = &named{m.Owner}
	}
	if country != "" {
		e.Location = &location{country}
	}
	if as.Number != 0 {
		e.AutonomousSystem = &autonomousSystem{as.Number, as.Organization}
	}
	return e
}
