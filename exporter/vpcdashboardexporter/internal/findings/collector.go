// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// oldList is how old a threat list may be before one should look why. Most are published at least daily.
const oldList = 2 * day

// collectorFindings are what the collector says of the components that flows and alerts come through.
func collectorFindings(c *overview.CollectorHealth) []finding {
	if c.Unavailable != "" {
		return []finding{{"Collector", "nothing is known", note, c.Unavailable}}
	}
	var list []finding
	list = append(list, threatLists(c.ThreatLists)...)
	list = append(list, roles(c.Detection.Evaluated)...)
	list = append(list, evidence(c.Detection.Evidence)...)
	for _, counts := range []struct {
		title  string
		counts map[string]uint64
		level  string
		hint   string
	}{
		{"Lines not decoded", c.Receiver.BadLines, bad, "A bad line costs that line alone. Compare the format that is configured with the files' header."},
		{"Refused by the next component", c.Receiver.Refused, bad, "These records are lost. The collector's log says why they were refused."},
		{"Not seen by the rules", c.Detection.Skipped, note, "Hops and NODATA are no matter. Of skipdata AWS lost flows; of the rest docs/rules.md tells."},
		{"Allowlisted", c.Detection.Ignored, good, "So many flows the entries of the allowlists took from the rules."},
		{"Keys evicted by rules", c.Detection.EvictedKeys, bad, "A rule had more to follow than max_keys and forgot some. Raise max_keys, if there is memory."},
	} {
		if f, ok := counted(counts.title, counts.counts, counts.level, counts.hint); ok {
			list = append(list, f)
		}
	}
	list = append(list, alertsAtRisk(&c.Detection)...)
	return append(list, exporters(c.Exporters)...)
}

func threatLists(lists []overview.ThreatList) []finding {
	if len(lists) == 0 {
		return []finding{{
			"Threat lists", "none", note,
			"malicious_remote_access and suspicious_destination say nothing without one. Name a list under threat_lists.",
		}}
	}
	var findings []finding
	for _, l := range lists {
		f := finding{
			"Threat list " + l.Name, fmt.Sprintf("%s entries, %s old, %s flows matched", exact(l.Entries), period(l.Age), exact(l.Matches)),
			good, "It is read again when it changes.",
		}
		switch {
		case l.Entries == 0:
			f.Level, f.Hint = bad, "It is empty: nothing will match. Look at its file or URL."
		case l.Failures > 0:
			f.Level, f.Hint = bad, fmt.Sprintf("%s new copies could not be had. The last good one is in use; the log says what is wrong.", exact(l.Failures))
		case l.Age > oldList:
			f.Level, f.Hint = note, "It has not changed for long. Is it still kept up to date?"
		}
		findings = append(findings, f)
	}
	return findings
}

// roles says how many flows could be told to be requests or replies.
func roles(evaluated map[string]uint64) []finding {
	f, ok := counted("Roles", evaluated, good, "Requests and replies among the flows that the rules saw. Unknown is mostly ICMP.")
	if !ok {
		return nil
	}
	return []finding{f}
}

// evidence says in which shares what told requests from replies. Ports tell of UDP in any case, and of a TCP flow that
// neither began nor ended in its interval, so they are worth a note only where they tell of most.
func evidence(by map[string]uint64) []finding {
	flags, ports, none := by[string(alert.ByFlags)], by[string(alert.ByPorts)], by[string(alert.ByNone)]
	all := flags + ports + none
	if all == 0 {
		return nil
	}
	f := finding{
		"What told roles", fmt.Sprintf("flags %s, ports %s, nothing %s", percent(flags, all), percent(ports, all), percent(none, all)),
		good, "TCP flags are certain, ports likely. Nothing tells of ICMP.",
	}
	if ports > all/2 {
		f.Level = note
		f.Hint = "Most were told by ports, which are likely but not certain. If a flow log's format lacks tcp-flags, add it; UDP has none."
	}
	return []finding{f}
}

func alertsAtRisk(d *overview.DetectionHealth) []finding {
	var list []finding
	if d.LostAlerts > 0 {
		list = append(list, finding{
			"Alerts lost", exact(d.LostAlerts), bad,
			"The component after vpc_detection refused them for good or for too long. The log says why.",
		})
	}
	if d.PendingAlerts > 0 {
		list = append(list, finding{"Alerts that wait", exact(d.PendingAlerts), note, "They go with the next batch, once the next component takes them."})
	}
	if d.FailedCheckpoints > 0 {
		list = append(list, finding{
			"Checkpoints failed", exact(d.FailedCheckpoints), bad,
			"What the rules remember could not be saved, and would be lost in a restart. Look at the storage.",
		})
	}
	if d.EvictedScopes > 0 {
		list = append(list, finding{"Scopes evicted", exact(d.EvictedScopes), bad, "There are more accounts or VPCs than are followed."})
	}
	for _, scope := range slices.Sorted(maps.Keys(d.Lag)) {
		if lag := d.Lag[scope]; lag > staleAfter && lag < day {
			list = append(list, finding{
				"Detection lag of " + scope, period(lag.Round(time.Second)), bad,
				"The newest flow of this scope is old. Look at the delivery of its flow log, and at the receiver's backlog.",
			})
		}
	}
	return list
}

// exporters has those that lose records or are about to.
func exporters(all []overview.ExporterHealth) []finding {
	var list []finding
	for _, e := range all {
		switch {
		case e.Failed+e.Refused > 0:
			list = append(list, finding{
				"Exporter " + e.Name, exact(e.Failed+e.Refused) + " records lost", bad,
				"They could not be sent, or found no place in the queue. The log says why.",
			})
		case e.Capacity > 0 && e.Queued*2 > e.Capacity:
			list = append(list, finding{
				"Exporter " + e.Name, fmt.Sprintf("queue of %s, %s full", exact(e.Capacity), percent(e.Queued, e.Capacity)), note,
				"What it sends to is slow or away. When the queue is full, records are lost.",
			})
		}
	}
	return list
}
