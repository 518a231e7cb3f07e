// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// scopeName is the instrumentation scope of the exporter's metrics.
const scopeName = "github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter"

// registerMetrics exports the counters of the store until the returned function is called. The collector itself counts the
// received records in otelcol_exporter_sent_log_records.
func registerMetrics(
	provider metric.MeterProvider, store *overview.Store, flows *flowstore.Store,
) (unregister func(context.Context) error, err error) {
	meter := provider.Meter(scopeName)
	var errs []error
	counter := func(name, unit, description string) metric.Int64ObservableCounter {
		c, err := meter.Int64ObservableCounter("vpc_flow.dashboard."+name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	undecodable := counter("undecodable", "{record}", "Records that are neither a flow nor an alert, by reason.")
	flowsSkipped := counter("flows_skipped", "{flow}", "Flows that are not shown because of their time, by reason.")
	evicted := counter("evicted", "{entry}", "Entries that were evicted because of max_keys or max_alerts, by kind.")
	notStored := counter("flows_not_stored", "{flow}", "Flows that are not stored on disk, by reason.")
	deleted := counter("flows_deleted", "{flow}", "Stored flows that were deleted because of flows::retention or flows::max_size, by reason.")
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		h := store.Health()
		observe(o, undecodable, "reason", h.Undecodable)
		observe(o, flowsSkipped, "reason", map[string]uint64{"too_old": h.TooOld, "in_future": h.InFuture})
		observe(o, evicted, "kind", h.Evicted)
		if flows != nil {
			status := flows.Status()
			observe(o, notStored, "reason", status.NotStored)
			observe(o, deleted, "reason", map[string]uint64{"age": status.DeletedByAge, "size": status.DeletedBySize})
		}
		return nil
	}, undecodable, flowsSkipped, evicted, notStored, deleted)
	if err != nil {
		return nil, err
	}
	return func(context.Context) error { return registration.Unregister() }, nil
}

func observe[K ~string](o metric.Observer, counter metric.Int64ObservableCounter, label string, counts map[K]uint64) {
	for value, n := range counts {
		o.ObserveInt64(counter, int64(n), metric.WithAttributeSet(attribute.NewSet(attribute.String(label, string(value)))))
	}
}
