// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// telemetry are the exporter's own metrics. Those of its queues are the exporter helper's, by destination as well.
type telemetry struct {
	meter                        metric.Meter
	notifications, skipped, held metric.Int64Counter
	evicted                      metric.Int64ObservableCounter
	open                         metric.Int64ObservableUpDownCounter
}

func newTelemetry(meter metric.Meter) (*telemetry, error) {
	var wrong []error
	counter := func(name, unit, what string) metric.Int64Counter {
		c, err := meter.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(what))
		wrong = append(wrong, err)
		return c
	}
	t := &telemetry{
		meter:         meter,
		notifications: counter("vpc_flow.notifier.notifications", "{notification}", "Attempts to tell, by what came of them."),
		skipped:       counter("vpc_flow.notifier.skipped", "{record}", "Records that are not told, by reason."),
		held:          counter("vpc_flow.notifier.held_back", "{alert}", "Alerts held back by the rate limit."),
	}
	var err error
	t.evicted, err = meter.Int64ObservableCounter("vpc_flow.notifier.episodes.evicted", metric.WithUnit("{episode}"),
		metric.WithDescription("Open episodes forgotten to stay within max_episodes."))
	wrong = append(wrong, err)
	t.open, err = meter.Int64ObservableUpDownCounter("vpc_flow.notifier.episodes.open", metric.WithUnit("{episode}"),
		metric.WithDescription("Episodes told and not ended."))
	wrong = append(wrong, err)
	return t, errors.Join(wrong...)
}

// observe has the destinations looked at for as long as the function that it returns is not called.
func (t *telemetry) observe(destinations []*destination) (stop func() error, err error) {
	registration, err := t.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for _, d := range destinations {
			o.ObserveInt64(t.open, d.ledger.lasting.Load(), with("destination", d.name))
			o.ObserveInt64(t.evicted, d.ledger.evicted.Load(), with("destination", d.name))
		}
		return nil
	}, t.open, t.evicted)
	if err != nil {
		return nil, err
	}
	return registration.Unregister, nil
}

func (t *telemetry) skip(ctx context.Context, reason string, n int64) {
	if n > 0 {
		t.skipped.Add(ctx, n, with("reason", reason))
	}
}

// with makes attributes of names and values in turn.
func with(pairs ...string) metric.MeasurementOption {
	attributes := make([]attribute.KeyValue, 0, len(pairs)/2)
	for n := 0; n < len(pairs); n += 2 {
		attributes = append(attributes, attribute.String(pairs[n], pairs[n+1]))
	}
	return metric.WithAttributeSet(attribute.NewSet(attributes...))
}
