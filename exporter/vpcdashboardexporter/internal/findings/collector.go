// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package findings

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// maxListAge is the age from which a threat list gets a note. Most lists are published at least daily.
const maxListAge = 2 * day

// collectorFindings returns the findings about the components of the collector.
func collectorFindings(c *collectorhealth.Report) []Finding {
	if c.Unavailable != "" {
		return []Finding{{"Collector", "no information", Note, c.Unavailable}}
	}
	list := threatLists(c.ThreatLists)
	list = append(list, roles(c.Detection.Evaluated)...)
	list = append(list, roleEvidence(c.Detection.RoleEvidence)...)
	for _, counts := range []struct {
		title  string
		counts map[string]uint64
		level  Level
		hint   string
	}{
		{
			"Lines not decoded", c.Receiver.BadLines, Problem,
			"Only these lines are skipped. Compare the configured format with the header of the files.",
		},
		{
			"Refused by the next component", c.Receiver.Refused, Problem,
			"These records are lost. The log of the collector contains the reason.",
		},
		{
			"Skipped by the rules", c.Detection.Skipped, Note,
			"Skipped hops and NODATA records are normal. SKIPDATA means that AWS lost flows. docs/rules.md explains the other reasons.",
		},
		{
			"Ignored by allowlists", c.Detection.Ignored, Good,
			"The rules ignored these flows because of an allowlist entry.",
		},
		{
			"Keys evicted by rules", c.Detection.EvictedKeys, Problem,
			"A rule had more keys than max_keys and removed some of them. Raise max_keys if there is enough memory.",
		},
	} {
		if f, ok := countsFinding(counts.title, counts.counts, counts.level, counts.hint); ok {
			list = append(list, f)
		}
	}
	list = append(list, alertsAtRisk(&c.Detection)...)
	return append(list, exporters(c.Exporters)...)
}

func threatLists(lists []collectorhealth.ThreatList) []Finding {
	if len(lists) == 0 {
		return []Finding{{
			"Threat lists", "none", Note,
			"The rules malicious_remote_access and suspicious_destination need a threat list. Add one under threat_lists.",
		}}
	}
	var findings []Finding
	for _, l := range lists {
		f := Finding{
			"Threat list " + l.Name,
			fmt.Sprintf("%s, %s old, %s matched",
				humanize.Count(l.Entries, "entry", "entries"), humanize.Duration(l.Age), humanize.Count(l.Matches, "flow", "flows")),
			Good, "The list is read again when it changes.",
		}
		switch {
		case l.Entries == 0:
			f.Level, f.Hint = Problem, "The list is empty, so nothing matches. Check its file or URL."
		case l.Failures > 0:
			f.Level = Problem
			f.Hint = humanize.Count(l.Failures, "update", "updates") + " of the list failed. The last good version is in use. The log contains the reason."
		case l.Age > maxListAge:
			f.Level, f.Hint = Note, "The list has not changed for a long time. Check that it is still maintained."
		}
		findings = append(findings, f)
	}
	return findings
}

// roles lists the evaluated flows by role.
func roles(evaluated map[string]uint64) []Finding {
	f, ok := countsFinding("Roles", evaluated, Good, "Requests and replies among the evaluated flows. Flows of unknown role are mostly ICMP.")
	if !ok {
		return nil
	}
	return []Finding{f}
}

// roleEvidence lists what determined the roles of flows. Ports determine the role of UDP flows, and of TCP flows without a
// handshake in their interval. They deserve a note only if they determine most roles.
func roleEvidence(by map[string]uint64) []Finding {
	flags, ports, none := by[string(alert.ByFlags)], by[string(alert.ByPorts)], by[string(alert.ByNone)]
	all := flags + ports + none
	if all == 0 {
		return nil
	}
	f := Finding{
		"Roles determined by",
		fmt.Sprintf("flags %s, ports %s, nothing %s", humanize.Percent(flags, all), humanize.Percent(ports, all), humanize.Percent(none, all)),
		Good, "TCP flags are certain, ports are probable. Nothing determines the role of ICMP flows.",
	}
	if ports > all/2 {
		f.Level = Note
		f.Hint = "Ports determined most roles, which is probable but not certain. " +
			"Add tcp-flags to the format of the flow log if it lacks them. UDP has no flags."
	}
	return []Finding{f}
}

func alertsAtRisk(d *collectorhealth.Detection) []Finding {
	var list []Finding
	if d.LostAlerts > 0 {
		list = append(list, Finding{
			"Alerts lost", humanize.Comma(d.LostAlerts), Problem,
			"The component after vpc_detection refused them permanently or for too long. The log contains the reason.",
		})
	}
	if d.PendingAlerts > 0 {
		list = append(list, Finding{
			"Alerts pending", humanize.Comma(d.PendingAlerts), Note,
			"They are sent with the next batch that the next component accepts.",
		})
	}
	if d.FailedCheckpoints > 0 {
		list = append(list, Finding{
			"Checkpoints failed", humanize.Comma(d.FailedCheckpoints), Problem,
			"The state of the rules could not be saved, and a restart would lose it. Check the storage.",
		})
	}
	if d.EvictedScopes > 0 {
		list = append(list, Finding{"Scopes evicted", humanize.Comma(d.EvictedScopes), Problem, "There are more accounts or VPCs than the limit."})
	}
	for _, scope := range slices.Sorted(maps.Keys(d.Untimely)) {
		list = append(list, Finding{
			"No detection in " + cmp.Or(scope, "all scopes"),
			"the last " + humanize.Count(d.Untimely[scope], "flow is", "flows are") + " late or out of range", Problem,
			"Rules with a window do not evaluate these flows. Old data was read after new data, a sender's clock is wrong, or allowed_lateness is too short.",
		})
	}
	for _, scope := range slices.Sorted(maps.Keys(d.Lag)) {
		if lag := d.Lag[scope]; lag > maxLag && lag < day {
			list = append(list, Finding{
				"Detection lag of " + scope, humanize.Duration(lag.Round(time.Second)), Problem,
				"The newest flow of this scope is old. Check the delivery of its flow log and the backlog of the receiver.",
			})
		}
	}
	return list
}

// exporters returns the exporters that lose records or are about to.
func exporters(all []collectorhealth.Exporter) []Finding {
	var list []Finding
	for _, e := range all {
		switch {
		case e.Failed+e.Refused > 0:
			list = append(list, Finding{
				"Exporter " + e.Name, humanize.Count(e.Failed+e.Refused, "record lost", "records lost"), Problem,
				"Sending failed, or the queue was full. The log contains the reason.",
			})
		case e.Capacity > 0 && e.Queued*2 > e.Capacity:
			list = append(list, Finding{
				"Exporter " + e.Name, fmt.Sprintf("queue of %s, %s full", humanize.Comma(e.Capacity), humanize.Percent(e.Queued, e.Capacity)), Note,
				"The destination is slow or unavailable. Records are lost when the queue is full.",
			})
		}
	}
	return list
}
