// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

func hostileCollector(context.Context) overview.CollectorHealth {
	return overview.CollectorHealth{
		ThreatLists: []overview.ThreatList{{Name: hostile}},
		Detection:   overview.DetectionHealth{Lag: map[string]time.Duration{hostile: time.Hour}, Skipped: map[string]uint64{hostile: 1}},
		Exporters:   []overview.ExporterHealth{{Name: hostile, Failed: 1}},
	}
}

func TestWhatTheCollectorSaysOfItself(t *testing.T) {
	list := func(l overview.ThreatList) overview.CollectorHealth {
		return overview.CollectorHealth{ThreatLists: []overview.ThreatList{l}}
	}
	detection := func(d overview.DetectionHealth) overview.CollectorHealth {
		return overview.CollectorHealth{Detection: d, ThreatLists: []overview.ThreatList{{Name: "own", Entries: 1}}}
	}
	told := func(by map[string]uint64) overview.CollectorHealth {
		return detection(overview.DetectionHealth{Evidence: by})
	}
	exporter := func(e overview.ExporterHealth) overview.CollectorHealth {
		return overview.CollectorHealth{Exporters: []overview.ExporterHealth{e}}
	}
	for name, c := range map[string]struct {
		given      overview.CollectorHealth
		title      string
		value      string
		level      string
		isNotThere bool
	}{
		"nothing is known":            {overview.CollectorHealth{Unavailable: "no metrics"}, "Collector", "nothing is known", note, false},
		"no threat list":              {overview.CollectorHealth{}, "Threat lists", "none", note, false},
		"a fresh list":                {list(overview.ThreatList{Name: "own", Entries: 1200, Age: 2 * day}), "Threat list own", "1,200 entries, 2 d old, 0 flows matched", good, false},
		"a list that is a little old": {list(overview.ThreatList{Name: "own", Entries: 1, Age: 2*day + time.Second}), "Threat list own", "1 entries, 2 d old, 0 flows matched", note, false},
		"a list that fails":           {list(overview.ThreatList{Name: "own", Entries: 1, Failures: 1}), "Threat list own", "1 entries, 0 s old, 0 flows matched", bad, false},
		"an empty list":               {list(overview.ThreatList{Name: "own"}), "Threat list own", "0 entries, 0 s old, 0 flows matched", bad, false},
		"roles":                       {detection(overview.DetectionHealth{Evaluated: map[string]uint64{"request": 5, "reply": 4}}), "Roles", "4 reply, 5 request", good, false},
		"roles by flags":              {told(map[string]uint64{"flags": 90, "ports": 9, "none": 1}), "What told roles", "flags 90 %, ports 9 %, nothing 1 %", good, false},
		"half of the roles by ports":  {told(map[string]uint64{"flags": 2, "ports": 2}), "What told roles", "flags 50 %, ports 50 %, nothing 0 %", good, false},
		"most roles by ports":         {told(map[string]uint64{"flags": 1, "ports": 2}), "What told roles", "flags 33.3 %, ports 66.7 %, nothing 0 %", note, false},
		"all roles by ports":          {told(map[string]uint64{"ports": 1}), "What told roles", "flags 0 %, ports 100 %, nothing 0 %", note, false},
		"no roles yet":                {told(map[string]uint64{"flags": 0, "ports": 0, "none": 0}), "What told roles", "", "", true},
		"records skipped":             {detection(overview.DetectionHealth{Skipped: map[string]uint64{"skipdata": 5, "hop": 0}}), "Not seen by the rules", "5 skipdata", note, false},
		"nothing skipped":             {detection(overview.DetectionHealth{Skipped: map[string]uint64{"hop": 0}}), "Not seen by the rules", "", "", true},
		"alerts lost":                 {detection(overview.DetectionHealth{LostAlerts: 1}), "Alerts lost", "1", bad, false},
		"no alerts lost":              {detection(overview.DetectionHealth{}), "Alerts lost", "", "", true},
		"alerts that wait":            {detection(overview.DetectionHealth{PendingAlerts: 2}), "Alerts that wait", "2", note, false},
		"a failed checkpoint":         {detection(overview.DetectionHealth{FailedCheckpoints: 3}), "Checkpoints failed", "3", bad, false},
		"scopes evicted":              {detection(overview.DetectionHealth{EvictedScopes: 3}), "Scopes evicted", "3", bad, false},
		"keys evicted":                {detection(overview.DetectionHealth{EvictedKeys: map[string]uint64{"external_port_scan": 3}}), "Keys evicted by rules", "3 external port scan", bad, false},
		"a scope that lags":           {detection(overview.DetectionHealth{Lag: map[string]time.Duration{"1": staleAfter + time.Second}}), "Detection lag of 1", "30 min 1 s", bad, false},
		"a scope that hardly lags":    {detection(overview.DetectionHealth{Lag: map[string]time.Duration{"1": staleAfter}}), "Detection lag of 1", "", "", true},
		"a scope that is read again":  {detection(overview.DetectionHealth{Lag: map[string]time.Duration{"1": day}}), "Detection lag of 1", "", "", true},
		"bad lines":                   {overview.CollectorHealth{Receiver: overview.ReceiverHealth{BadLines: map[string]uint64{"bad_value": 2}}}, "Lines not decoded", "2 bad value", bad, false},
		"an exporter that fails":      {exporter(overview.ExporterHealth{Name: "otlp", Failed: 1, Refused: 2}), "Exporter otlp", "3 records lost", bad, false},
		"an exporter that is slow":    {exporter(overview.ExporterHealth{Name: "otlp", Queued: 51, Capacity: 100}), "Exporter otlp", "queue of 100, 51 % full", note, false},
		"an exporter that does well":  {exporter(overview.ExporterHealth{Name: "otlp", Sent: 9, Queued: 50, Capacity: 100}), "Exporter otlp", "", "", true},
		"an exporter without a queue": {exporter(overview.ExporterHealth{Name: "otlp", Sent: 9}), "Exporter otlp", "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var found []finding
			for _, f := range collectorFindings(&c.given) {
				assert.NotEmpty(t, f.Hint)
				if f.Title == c.title {
					found = append(found, f)
				}
			}
			if c.isNotThere {
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
