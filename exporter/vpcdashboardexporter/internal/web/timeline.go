// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// sequenceRule is the id of the rule whose alerts connect other alerts.
const sequenceRule = "attack_sequence"

// timelineEntry is one alert of an attack sequence.
type timelineEntry struct {
	alertView
	// Stage is the name of the stage. It is empty for an alert of an unknown rule.
	Stage string
	// Known is false if the dashboard does not have the alert. Then only its UID is set.
	Known bool
}

// Opens returns the event time at which the alert opened.
func (e timelineEntry) Opens() time.Time { return e.Opened }

// timeline returns the alerts of a sequence in order of time. Those that the dashboard does not have come last.
func timeline(store Store, sequence *alert.Alert) []timelineEntry {
	entries := make([]timelineEntry, 0, len(sequence.Related))
	for _, uid := range sequence.Related {
		episode, known := store.Episode(uid)
		entry := timelineEntry{alertView: alertView{episode}, Known: known}
		if known {
			entry.Stage = detect.StageOf(&episode.Alert, sequence.Source)
		} else {
			entry.UID = uid
		}
		entries = append(entries, entry)
	}
	slices.SortStableFunc(entries, func(a, b timelineEntry) int {
		switch {
		case a.Known != b.Known && a.Known:
			return -1
		case a.Known != b.Known:
			return 1
		default:
			return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.UID, b.UID))
		}
	})
	return entries
}

// sequencesOf returns the attack sequences that an alert is part of.
func sequencesOf(store Store, uid string) (found []alertView) {
	all, _ := store.Episodes(overview.AlertQuery{Rule: sequenceRule, Limit: maxSequences})
	for _, e := range all {
		if slices.Contains(e.Related, uid) {
			found = append(found, alertView{e})
		}
	}
	return found
}

// maxSequences bounds the sequences that are searched for an alert, the most recent first.
const maxSequences = 1000

// stages are the stages of an attack in their usual order, with what they mean for the host.
var stages = map[string]string{
	"access":       "someone entered the host",
	"discovery":    "the host searched the network",
	"lateral":      "the host moved on to other hosts",
	"control":      "the host contacted a controller",
	"exfiltration": "data or attacks left the host",
}
