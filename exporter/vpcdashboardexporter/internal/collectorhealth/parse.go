// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// health tells what the metrics mean. Their names are in the READMEs of our components, and in the documentation of
// the collector's exporterhelper.
func health(f families) overview.CollectorHealth {
	return overview.CollectorHealth{
		Receiver: overview.ReceiverHealth{
			Records:  f.sum("vpc_flow_receiver_records"),
			BadLines: f.by("vpc_flow_receiver_bad_lines", "reason"),
			Refused:  f.by("vpc_flow_receiver_refused", "kind"),
			Files:    f.by("vpc_flow_receiver_files", "outcome"),
		},
		Detection: overview.DetectionHealth{
			Evaluated:         f.by("vpc_flow_flows", "role"),
			Evidence:          f.by("vpc_flow_role_evidence", "evidence"),
			Skipped:           f.by("vpc_flow_skipped", "reason"),
			Lag:               f.lags(),
			Ignored:           f.by("vpc_flow_ignored", "entry"),
			EvictedKeys:       f.by("vpc_flow_keys_evicted", "rule"),
			EvictedScopes:     f.sum("vpc_flow_scopes_evicted"),
			PendingAlerts:     f.sum("vpc_flow_alerts_pending"),
			LostAlerts:        f.sum("vpc_flow_alerts_lost"),
			FailedCheckpoints: f.sum("vpc_flow_checkpoints_failed"),
		},
		ThreatLists: f.threatLists(),
		Exporters:   f.exporters(),
	}
}

// lags are those of the scopes, the greatest where several processors see one.
func (f families) lags() map[string]time.Duration {
	lags := map[string]time.Duration{}
	for _, series := range f.find("vpc_flow_watermark_lag") {
		scope := labelOf(series, "scope")
		lags[scope] = max(lags[scope], seconds(whole(value(series))))
	}
	return lags
}

func seconds(n uint64) time.Duration {
	return time.Duration(min(n, math.MaxInt64/uint64(time.Second))) * time.Second
}

func (f families) threatLists() []overview.ThreatList {
	lists := byName[overview.ThreatList]{}
	for _, series := range f.find("vpc_flow_threat_list_entries") {
		lists.of(labelOf(series, "list")).Entries = whole(value(series))
	}
	for _, series := range f.find("vpc_flow_threat_list_age") {
		if list := lists[labelOf(series, "list")]; list != nil {
			list.Age = max(list.Age, seconds(whole(value(series))))
		}
	}
	for name, n := range f.by("vpc_flow_threat_list_failures", "list") {
		lists.of(name).Failures = n
	}
	for name, n := range f.by("vpc_flow_threat_list_matches", "list") {
		lists.of(name).Matches = n
	}
	return lists.sorted(func(l *overview.ThreatList, name string) { l.Name = name })
}

func (f families) exporters() []overview.ExporterHealth {
	exporters := byName[overview.ExporterHealth]{}
	for metric, set := range map[string]func(*overview.ExporterHealth, uint64){
		"otelcol_exporter_sent_log_records":           func(e *overview.ExporterHealth, n uint64) { e.Sent = n },
		"otelcol_exporter_send_failed_log_records":    func(e *overview.ExporterHealth, n uint64) { e.Failed = n },
		"otelcol_exporter_enqueue_failed_log_records": func(e *overview.ExporterHealth, n uint64) { e.Refused = n },
	} {
		for name, n := range f.by(metric, "exporter") {
			set(exporters.of(name), n)
		}
	}
	// An exporter may have a queue for each signal.
	for metric, set := range map[string]func(*overview.ExporterHealth, uint64){
		"otelcol_exporter_queue_size":     func(e *overview.ExporterHealth, n uint64) { e.Queued = n },
		"otelcol_exporter_queue_capacity": func(e *overview.ExporterHealth, n uint64) { e.Capacity = n },
	} {
		for _, series := range f.find(metric) {
			if labelOf(series, "data_type") == "logs" {
				set(exporters.of(labelOf(series, "exporter")), whole(value(series)))
			}
		}
	}
	return exporters.sorted(func(e *overview.ExporterHealth, name string) { e.Name = name })
}

// byName are things by what they are called.
type byName[T any] map[string]*T

func (b byName[T]) of(name string) *T {
	if b[name] == nil {
		b[name] = new(T)
	}
	return b[name]
}

// sorted gives them in the order of their names.
func (b byName[T]) sorted(call func(*T, string)) []T {
	list := make([]T, 0, len(b))
	for _, name := range slices.Sorted(maps.Keys(b)) {
		call(b[name], name)
		list = append(list, *b[name])
	}
	return list
}
