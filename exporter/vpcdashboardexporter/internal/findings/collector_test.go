// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package findings

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
)

func TestFindingsAboutTheCollector(t *testing.T) {
	list := func(l collectorhealth.ThreatList) collectorhealth.Report {
		return collectorhealth.Report{ThreatLists: []collectorhealth.ThreatList{l}}
	}
	detection := func(d collectorhealth.Detection) collectorhealth.Report {
		return collectorhealth.Report{Detection: d, ThreatLists: []collectorhealth.ThreatList{{Name: "own", Entries: 1}}}
	}
	evidence := func(by map[string]uint64) collectorhealth.Report {
		return detection(collectorhealth.Detection{RoleEvidence: by})
	}
	exporter := func(e collectorhealth.Exporter) collectorhealth.Report {
		return collectorhealth.Report{Exporters: []collectorhealth.Exporter{e}}
	}
	for name, c := range map[string]struct {
		report collectorhealth.Report
		title  string
		value  string
		level  Level
		absent bool
	}{
		"no information":              {collectorhealth.Report{Unavailable: "no metrics"}, "Collector", "no information", Note, false},
		"no threat list":              {collectorhealth.Report{}, "Threat lists", "none", Note, false},
		"a fresh list":                {list(collectorhealth.ThreatList{Name: "own", Entries: 1200, Age: 2 * day}), "Threat list own", "1,200 entries, 2 d old, 0 flows matched", Good, false},
		"an old list":                 {list(collectorhealth.ThreatList{Name: "own", Entries: 1, Age: 2*day + time.Second}), "Threat list own", "1 entry, 2 d old, 0 flows matched", Note, false},
		"a list with a failed update": {list(collectorhealth.ThreatList{Name: "own", Entries: 1, Failures: 1}), "Threat list own", "1 entry, 0 s old, 0 flows matched", Problem, false},
		"an empty list":               {list(collectorhealth.ThreatList{Name: "own"}), "Threat list own", "0 entries, 0 s old, 0 flows matched", Problem, false},
		"roles":                       {detection(collectorhealth.Detection{Evaluated: map[string]uint64{"request": 5, "reply": 4}}), "Roles", "4 reply, 5 request", Good, false},
		"roles by flags":              {evidence(map[string]uint64{"flags": 90, "ports": 9, "none": 1}), "Roles determined by", "flags 90 %, ports 9 %, nothing 1 %", Good, false},
		"half of the roles by ports":  {evidence(map[string]uint64{"flags": 2, "ports": 2}), "Roles determined by", "flags 50 %, ports 50 %, nothing 0 %", Good, false},
		"most roles by ports":         {evidence(map[string]uint64{"flags": 1, "ports": 2}), "Roles determined by", "flags 33.3 %, ports 66.7 %, nothing 0 %", Note, false},
		"all roles by ports":          {evidence(map[string]uint64{"ports": 1}), "Roles determined by", "flags 0 %, ports 100 %, nothing 0 %", Note, false},
		"no roles yet":                {evidence(map[string]uint64{"flags": 0, "ports": 0, "none": 0}), "Roles determined by", "", "", true},
		"records skipped":             {detection(collectorhealth.Detection{Skipped: map[string]uint64{"skipdata": 5, "hop": 0}}), "Skipped by the rules", "5 skipdata", Note, false},
		"nothing skipped":             {detection(collectorhealth.Detection{Skipped: map[string]uint64{"hop": 0}}), "Skipped by the rules", "", "", true},
		"alerts lost":                 {detection(collectorhealth.Detection{LostAlerts: 1}), "Alerts lost", "1", Problem, false},
		"no alerts lost":              {detection(collectorhealth.Detection{}), "Alerts lost", "", "", true},
		"alerts pending":              {detection(collectorhealth.Detection{PendingAlerts: 2}), "Alerts pending", "2", Note, false},
		"a failed checkpoint":         {detection(collectorhealth.Detection{FailedCheckpoints: 3}), "Checkpoints failed", "3", Problem, false},
		"scopes evicted":              {detection(collectorhealth.Detection{EvictedScopes: 3}), "Scopes evicted", "3", Problem, false},
		"keys evicted":                {detection(collectorhealth.Detection{EvictedKeys: map[string]uint64{"external_port_scan": 3}}), "Keys evicted by rules", "3 external port scan", Problem, false},
		"a scope without detection":   {detection(collectorhealth.Detection{Untimely: map[string]uint64{"1": 1200}}), "No detection in 1", "the last 1,200 flows are late or out of range", Problem, false},
		"the only scope, without it":  {detection(collectorhealth.Detection{Untimely: map[string]uint64{"": 100}}), "No detection in all scopes", "the last 100 flows are late or out of range", Problem, false},
		"a scope behind the limit":    {detection(collectorhealth.Detection{Lag: map[string]time.Duration{"1": maxLag + time.Second}}), "Detection lag of 1", "30 min 1 s", Problem, false},
		"a scope within the limit":    {detection(collectorhealth.Detection{Lag: map[string]time.Duration{"1": maxLag}}), "Detection lag of 1", "", "", true},
		"a scope of old logs":         {detection(collectorhealth.Detection{Lag: map[string]time.Duration{"1": day}}), "Detection lag of 1", "", "", true},
		"bad lines":                   {collectorhealth.Report{Receiver: collectorhealth.Receiver{BadLines: map[string]uint64{"bad_value": 2}}}, "Lines not decoded", "2 bad value", Problem, false},
		"a failing exporter":          {exporter(collectorhealth.Exporter{Name: "otlp", Failed: 1, Refused: 2}), "Exporter otlp", "3 records lost", Problem, false},
		"a slow exporter":             {exporter(collectorhealth.Exporter{Name: "otlp", Queued: 51, Capacity: 100}), "Exporter otlp", "queue of 100, 51 % full", Note, false},
		"a healthy exporter":          {exporter(collectorhealth.Exporter{Name: "otlp", Sent: 9, Queued: 50, Capacity: 100}), "Exporter otlp", "", "", true},
		"an exporter without a queue": {exporter(collectorhealth.Exporter{Name: "otlp", Sent: 9}), "Exporter otlp", "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var found []Finding
			for _, f := range collectorFindings(&c.report) {
				assert.NotEmpty(t, f.Hint)
				if f.Title == c.title {
					found = append(found, f)
				}
			}
			if c.absent {
				assert.Empty(t, found)
				return
			}
			if assert.Len(t, found, 1) {
				assert.Equal(t, c.value, found[0].Value)
				assert.Equal(t, c.level, found[0].Level)
			}
		})
	}
}
