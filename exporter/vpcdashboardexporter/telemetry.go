// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// measure has the exporter's metrics read from the store for as long as the function that it returns is not called. How
// many records came is a metric of the collector's own: otelcol_exporter_sent_log_records.
func measure(provider metric.MeterProvider, store *overview.Store) (stop func(context.Context) error, err error) {
	meter := provider.Meter(scopeName)
	var wrong []error
	counter := func(name, unit, what string) metric.Int64ObservableCounter {
		c, err := meter.Int64ObservableCounter("vpc_flow.dashboard."+name, metric.WithUnit(unit), metric.WithDescription(what))
		wrong = append(wrong, err)
		return c
	}
	undecodable := counter("undecodable", "{record}", "Records that are neither a flow nor an alert, by reason.")
	outOfTime := counter("out_of_time", "{flow}", "Flows that are not shown, because they are older than all that is kept or implausibly far ahead.")
	forgotten := counter("forgotten", "{thing}", "What was forgotten to stay within max_keys and max_alerts, by what it was.")
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		h := store.Health()
		observe(o, undecodable, "reason", h.Undecodable)
		observe(o, outOfTime, "reason", map[string]uint64{"too_late": h.TooLate, "too_new": h.TooNew})
		observe(o, forgotten, "what", h.Forgotten)
		return nil
	}, undecodable, outOfTime, forgotten)
	if err != nil {
		return nil, err
	}
	return func(context.Context) error { return registration.Unregister() }, nil
}

func observe(o metric.Observer, counter metric.Int64ObservableCounter, label string, counts map[string]uint64) {
	for name, n := range counts {
		o.ObserveInt64(counter, int64(n), metric.WithAttributeSet(attribute.NewSet(attribute.String(label, name))))
	}
}
