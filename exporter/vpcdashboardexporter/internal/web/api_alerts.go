// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/netip"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/alerttext"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/playbook"
)

// The types in this file are part of the API. Fields may be added but not renamed.

// alertsJSON is one page of alerts.
type alertsJSON struct {
	Total  int         `json:"total"`
	Offset int         `json:"offset"`
	Alerts []alertJSON `json:"alerts"`
}

// alertJSON is an alert. Most unknown fields are omitted.
type alertJSON struct {
	UID       string             `json:"uid"`
	Status    alert.Status       `json:"status"`
	Severity  string             `json:"severity"`
	Sentence  string             `json:"sentence"`
	Time      *time.Time         `json:"time"`
	Opened    *time.Time         `json:"opened"`
	Observed  *time.Time         `json:"observed,omitempty"`
	Updates   int                `json:"updates"`
	Scope     string             `json:"scope"`
	Account   string             `json:"account,omitempty"`
	Region    string             `json:"region,omitempty"`
	Rule      ruleJSON           `json:"rule"`
	Mitre     mitreJSON          `json:"mitre"`
	Measure   int64              `json:"measure"`
	Threshold int64              `json:"threshold"`
	Unit      alert.Unit         `json:"unit"`
	Window    int64              `json:"window_seconds,omitempty"`
	First     *time.Time         `json:"first_seen,omitempty"`
	Last      *time.Time         `json:"last_seen,omitempty"`
	Flows     int64              `json:"flows"`
	Packets   int64              `json:"packets"`
	Bytes     int64              `json:"bytes"`
	Role      alert.RoleEvidence `json:"role_evidence,omitempty"`
	Episode   *totalsJSON        `json:"episode,omitempty"`

	AcceptedFlows   int64    `json:"accepted_flows"`
	RejectedFlows   int64    `json:"rejected_flows"`
	AcceptedTargets []string `json:"accepted_targets,omitempty"`

	Source           *netip.Addr    `json:"source,omitempty"`
	SourcePort       uint16         `json:"source_port,omitempty"`
	Destination      *netip.Addr    `json:"destination,omitempty"`
	DestinationPort  uint16         `json:"destination_port,omitempty"`
	Transport        string         `json:"transport,omitempty"`
	Sources          []netip.Addr   `json:"sources,omitempty"`
	Destinations     []netip.Addr   `json:"destinations,omitempty"`
	DestinationPorts []uint16       `json:"destination_ports,omitempty"`
	Truncated        bool           `json:"truncated"`
	Samples          []alert.Sample `json:"samples,omitempty"`

	SourceCountry      string      `json:"source_country,omitempty"`
	DestinationCountry string      `json:"destination_country,omitempty"`
	Threat             *threatJSON `json:"threat,omitempty"`
	VPC                string      `json:"vpc,omitempty"`
	Interface          string      `json:"interface,omitempty"`
	Instance           string      `json:"instance,omitempty"`
	Impact             string      `json:"impact,omitempty"`
	Mitigation         string      `json:"mitigation,omitempty"`
	NextSteps          []stepJSON  `json:"next_steps"`
	DryRun             bool        `json:"dry_run,omitempty"`

	// Stages and Related describe an attack sequence: its stages, and the uids of the alerts behind it.
	Stages  []string `json:"stages,omitempty"`
	Related []string `json:"related,omitempty"`

	SourceMachine      *machineJSON `json:"source_machine,omitempty"`
	DestinationMachine *machineJSON `json:"destination_machine,omitempty"`
	SourceAS           *systemJSON  `json:"source_as,omitempty"`
	DestinationAS      *systemJSON  `json:"destination_as,omitempty"`
}

// machineJSON is the machine of an internal address.
type machineJSON struct {
	Interface string `json:"interface,omitempty"`
	Instance  string `json:"instance,omitempty"`
	VPC       string `json:"vpc,omitempty"`
	Subnet    string `json:"subnet,omitempty"`
	Zone      string `json:"zone,omitempty"`
	Group     string `json:"group,omitempty"`
	Name      string `json:"name,omitempty"`
	Owner     string `json:"owner,omitempty"`
}

// systemJSON is the autonomous system of an external address.
type systemJSON struct {
	Number       uint32 `json:"number"`
	Organization string `json:"organization,omitempty"`
}

// totalsJSON are totals over the whole episode.
type totalsJSON struct {
	Measure int64 `json:"measure"`
	Flows   int64 `json:"flows"`
	Packets int64 `json:"packets"`
	Bytes   int64 `json:"bytes"`
	Seconds int64 `json:"seconds"`
}

// stepJSON is one thing to do.
type stepJSON struct {
	Title   string `json:"title"`
	Command string `json:"command"`
	Note    string `json:"note,omitempty"`
}

type ruleJSON struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Category string `json:"category"`
	Version  string `json:"ruleset_version"`
	URL      string `json:"url"`
}

type mitreJSON struct {
	TacticID      string   `json:"tactic_id"`
	TacticName    string   `json:"tactic_name"`
	TechniqueID   string   `json:"technique_id"`
	TechniqueName string   `json:"technique_name"`
	Related       []string `json:"related_technique_ids,omitempty"`
	// The best fit in the public matrix, whichever ids the alert has.
	BestTacticID    string `json:"best_tactic_id"`
	BestTechniqueID string `json:"best_technique_id"`
}

// threatJSON describes the match with a threat list.
type threatJSON struct {
	Indicator string `json:"indicator"`
	Entry     string `json:"entry,omitempty"`
	Provider  string `json:"provider,omitempty"`
	Feed      string `json:"feed"`
	Category  string `json:"category,omitempty"`
}

func newAlertJSON(e *overview.Episode) alertJSON {
	a := &e.Alert
	best := detect.BestClassification(a)
	out := alertJSON{
		UID: a.UID, Status: a.Status, Severity: a.Severity.String(), Sentence: a.Body,
		Time: secondsJSON(a.Time), Opened: timeJSON(e.Opened), Observed: timeJSON(a.Observed), Updates: e.Updates,
		Scope: a.Scope, Account: a.Account, Region: a.Region,
		Rule:    ruleJSON{a.Rule, a.Title, a.Category, a.RulesetVersion, playbook.RuleURL(a.Rule)},
		Mitre:   mitreJSON{a.Tactic.ID, a.Tactic.Name, a.Technique.ID, a.Technique.Name, a.RelatedTechniques, best.Tactic.ID, best.Technique.ID},
		Measure: a.Measure, Threshold: a.Threshold, Unit: a.Unit, Window: a.Window,
		First: secondsJSON(a.FirstSeen), Last: secondsJSON(a.LastSeen), Flows: a.Flows, Packets: a.Packets, Bytes: a.Bytes,
		Role: a.RoleEvidence, Source: addressJSON(a.Source), Destination: addressJSON(a.Destination),
		SourcePort: a.SourcePort, DestinationPort: a.DestinationPort, Transport: a.Transport, Sources: a.Sources, Destinations: a.Destinations,
		DestinationPorts: a.DestinationPorts, Truncated: a.Truncated, Samples: a.Samples,
		SourceCountry: a.SourceCountry, DestinationCountry: a.DestinationCountry,
		VPC: a.VPC, Interface: a.Interface, Instance: a.Instance, Impact: a.Impact, Mitigation: a.Mitigation, DryRun: a.DryRun,
		Stages: a.Stages, Related: a.Related,
	}
	out.AcceptedFlows, out.RejectedFlows = a.AcceptedFlows, a.RejectedFlows
	for _, target := range a.AcceptedTargets {
		out.AcceptedTargets = append(out.AcceptedTargets, target.String())
	}
	if alerttext.HasTotals(a) {
		out.Episode = given(totalsJSON(a.Episode))
	}
	out.SourceMachine, out.DestinationMachine = given(machineJSON(a.SourceMachine)), given(machineJSON(a.DestinationMachine))
	out.SourceAS, out.DestinationAS = given(systemJSON(a.SourceAS)), given(systemJSON(a.DestinationAS))
	for _, step := range playbook.Steps(a) {
		out.NextSteps = append(out.NextSteps, stepJSON(step))
	}
	if a.Indicator.IsValid() {
		out.Threat = &threatJSON{Indicator: a.Indicator.String(), Provider: a.IndicatorProvider, Feed: a.Feed, Category: a.IndicatorCategory}
		if a.IndicatorEntry.IsValid() {
			out.Threat.Entry = a.IndicatorEntry.String()
		}
	}
	return out
}

// given returns nil, which is omitted, for a zero value.
func given[T comparable](value T) *T {
	if value == *new(T) {
		return nil
	}
	return &value
}

// addressJSON returns nil, which is omitted, for an invalid address.
func addressJSON(a netip.Addr) *netip.Addr {
	if !a.IsValid() {
		return nil
	}
	return &a
}
