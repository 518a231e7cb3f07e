// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package collectorhealth

import (
	"maps"
	"math"
	"slices"
	"time"
)

// newReport converts metrics to a report. The READMEs of our components and the documentation of the collector's
// exporterhelper list the metric names.
func newReport(m metrics) Report {
	return Report{
		Receiver: Receiver{
			Records:  m.sum("vpc_flow_receiver_records"),
			BadLines: m.sumBy("vpc_flow_receiver_bad_lines", "reason"),
			Refused:  m.sumBy("vpc_flow_receiver_refused", "kind"),
			Files:    m.sumBy("vpc_flow_receiver_files", "outcome"),
		},
		Detection: Detection{
			Evaluated:         m.sumBy("vpc_flow_flows", "role"),
			RoleEvidence:      m.sumBy("vpc_flow_role_evidence", "evidence"),
			Skipped:           m.sumBy("vpc_flow_skipped", "reason"),
			Lag:               lags(m),
			Untimely:          m.sumBy("vpc_flow_untimely", "scope"),
			Ignored:           m.sumBy("vpc_flow_ignored", "entry"),
			EvictedKeys:       m.sumBy("vpc_flow_keys_evicted", "rule"),
			EvictedScopes:     m.sum("vpc_flow_scopes_evicted"),
			PendingAlerts:     m.sum("vpc_flow_alerts_pending"),
			LostAlerts:        m.sum("vpc_flow_alerts_lost"),
			FailedCheckpoints: m.sum("vpc_flow_checkpoints_failed"),
		},
		ThreatLists: threatLists(m),
		Exporters:   exporters(m),
	}
}

// lags returns the lag of each scope, the largest if several processors report the scope.
func lags(m metrics) map[string]time.Duration {
	byScope := map[string]time.Duration{}
	for _, series := range m.find("vpc_flow_watermark_lag") {
		scope := labelOf(series, "scope")
		byScope[scope] = max(byScope[scope], seconds(toCount(value(series))))
	}
	return byScope
}

func seconds(n uint64) time.Duration {
	return time.Duration(min(n, math.MaxInt64/uint64(time.Second))) * time.Second
}

func threatLists(m metrics) []ThreatList {
	lists := byName[ThreatList]{}
	for _, series := range m.find("vpc_flow_threat_list_entries") {
		lists.get(labelOf(series, "list")).Entries = toCount(value(series))
	}
	for _, series := range m.find("vpc_flow_threat_list_age") {
		if list := lists[labelOf(series, "list")]; list != nil {
			list.Age = max(list.Age, seconds(toCount(value(series))))
		}
	}
	for name, n := range m.sumBy("vpc_flow_threat_list_failures", "list") {
		lists.get(name).Failures = n
	}
	for name, n := range m.sumBy("vpc_flow_threat_list_matches", "list") {
		lists.get(name).Matches = n
	}
	return lists.sorted(func(l *ThreatList, name string) { l.Name = name })
}

func exporters(m metrics) []Exporter {
	list := byName[Exporter]{}
	for metric, set := range map[string]func(*Exporter, uint64){
		"otelcol_exporter_sent_log_records":           func(e *Exporter, n uint64) { e.Sent = n },
		"otelcol_exporter_send_failed_log_records":    func(e *Exporter, n uint64) { e.Failed = n },
		"otelcol_exporter_enqueue_failed_log_records": func(e *Exporter, n uint64) { e.Refused = n },
	} {
		for name, n := range m.sumBy(metric, "exporter") {
			set(list.get(name), n)
		}
	}
	for metric, set := range map[string]func(*Exporter, uint64){
		"otelcol_exporter_queue_size":     func(e *Exporter, n uint64) { e.Queued = n },
		"otelcol_exporter_queue_capacity": func(e *Exporter, n uint64) { e.Capacity = n },
	} {
		for _, series := range m.find(metric) {
			if labelOf(series, "data_type") == "logs" { // an exporter has a queue for each signal
				set(list.get(labelOf(series, "exporter")), toCount(value(series)))
			}
		}
	}
	return list.sorted(func(e *Exporter, name string) { e.Name = name })
}

// byName holds values by name.
type byName[T any] map[string]*T

// get returns the value of a name, new if there is none.
func (b byName[T]) get(name string) *T {
	if b[name] == nil {
		b[name] = new(T)
	}
	return b[name]
}

// sorted returns the values by name, after it has set their names.
func (b byName[T]) sorted(setName func(*T, string)) []T {
	list := make([]T, 0, len(b))
	for _, name := range slices.Sorted(maps.Keys(b)) {
		setName(b[name], name)
		list = append(list, *b[name])
	}
	return list
}
