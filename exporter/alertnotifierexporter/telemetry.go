// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/componenthealth"
)

// scopeName is the instrumentation scope of the exporter's metrics.
const scopeName = "github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter"

// telemetry holds the exporter's own metrics. The exporter helper has others for each queue.
type telemetry struct {
	meter         metric.Meter
	health        componenthealth.Health // of the destinations
	notifications metric.Int64Counter
	skipped       metric.Int64Counter
	suppressed    metric.Int64Counter
	unsent        metric.Int64Counter
	storageErrors metric.Int64Counter
	open          metric.Int64ObservableUpDownCounter
	evicted       metric.Int64ObservableCounter
}

func newTelemetry(meter metric.Meter) (*telemetry, error) {
	var errs []error
	counter := func(name, unit, description string) metric.Int64Counter {
		c, err := meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	t := &telemetry{
		meter:         meter,
		notifications: counter("vpc_flow.notifier.notifications", "{notification}", "Attempts to send a notification, by outcome and reason."),
		skipped:       counter("vpc_flow.notifier.skipped", "{record}", "Log records that cause no notification, by reason."),
		suppressed:    counter("vpc_flow.notifier.suppressed", "{alert}", "Alerts suppressed by the rate limit."),
		unsent:        counter("vpc_flow.notifier.unsent", "{alert}", "Alerts that the queue of a destination refused or dropped, by reason."),
		storageErrors: counter("vpc_flow.notifier.storage.failed", "{operation}", "Failed operations of a destination's queue in the storage."),
	}
	var err error
	t.open, err = meter.Int64ObservableUpDownCounter("vpc_flow.notifier.episodes.open", metric.WithUnit("{episode}"),
		metric.WithDescription("Notified episodes that have not ended."))
	errs = append(errs, err)
	t.evicted, err = meter.Int64ObservableCounter("vpc_flow.notifier.episodes.evicted", metric.WithUnit("{episode}"),
		metric.WithDescription("Open episodes evicted because of max_episodes."))
	errs = append(errs, err)
	return t, errors.Join(errs...)
}

// observe registers the observable metrics of the notification logs, by destination, until unregister is called.
func (t *telemetry) observe(logs map[string]*notificationlog.Log) (unregister func() error, err error) {
	registration, err := t.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for destination, log := range logs {
			o.ObserveInt64(t.open, log.OpenEpisodes(), attributes("destination", destination))
			o.ObserveInt64(t.evicted, log.EvictedEpisodes(), attributes("destination", destination))
		}
		return nil
	}, t.open, t.evicted)
	if err != nil {
		return nil, err
	}
	return registration.Unregister, nil
}

// notificationCounter returns a function that counts attempts to notify one destination, and sets its health.
func (t *telemetry) notificationCounter(destination string) func(ctx context.Context, outcome, reason string) {
	return func(ctx context.Context, outcome, reason string) {
		t.notifications.Add(ctx, 1, attributes("destination", destination, "outcome", outcome, "reason", reason))
		if outcome == "sent" {
			t.health.Set(destination, nil)
		} else {
			t.health.Set(destination, fmt.Errorf("notification %s: %s", outcome, reason))
		}
	}
}

// suppressedCounter returns a function that counts suppressed alerts of one destination.
func (t *telemetry) suppressedCounter(destination string) func(ctx context.Context, alerts int) {
	return func(ctx context.Context, alerts int) {
		t.suppressed.Add(ctx, int64(alerts), attributes("destination", destination))
	}
}

// unsentCounter returns a function that counts alerts that the queue of one destination refused or dropped.
func (t *telemetry) unsentCounter(destination string) func(ctx context.Context, reason string, alerts int) {
	return func(ctx context.Context, reason string, alerts int) {
		t.unsent.Add(ctx, int64(alerts), attributes("destination", destination, "reason", reason))
	}
}

// storageErrorCounter returns a function that counts a failed operation of one destination's queue.
func (t *telemetry) storageErrorCounter(destination string) func() {
	return func() {
		t.storageErrors.Add(context.Background(), 1, attributes("destination", destination))
	}
}

func (t *telemetry) skip(ctx context.Context, reason string, n int64) {
	if n > 0 {
		t.skipped.Add(ctx, n, attributes("reason", reason))
	}
}

// attributes returns an attribute for each pair of a name and a value.
func attributes(pairs ...string) metric.MeasurementOption {
	list := make([]attribute.KeyValue, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, attribute.String(pairs[i], pairs[i+1]))
	}
	return metric.WithAttributeSet(attribute.NewSet(list...))
}
