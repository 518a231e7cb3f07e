// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// ScopeName is the instrumentation scope of the receiver's metrics and of its records.
const ScopeName = "github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"

// telemetry contains the counters that all sources share. Ingester.Count adds the rejected lines to badLines; sender adds
// to the others. The README explains each metric.
type telemetry struct {
	records, badLines, controls, refused, retries metric.Int64Counter
}

func newTelemetry(provider metric.MeterProvider) (*telemetry, error) {
	m := NewMeter(provider)
	t := &telemetry{
		records:  m.Counter("records", "{record}", "Flow log records that the next consumer accepted."),
		badLines: m.Counter("bad_lines", "{line}", "Lines that could not be decoded, by reason."),
		controls: m.Counter("control_messages", "{message}", "Test messages that CloudWatch Logs sends to check the subscription."),
		refused:  m.Counter("refused", "{record}", "Records that were dropped because the next consumer refused them, by kind of refusal."),
		retries:  m.Counter("retries", "{retry}", "Batches that were sent to the next consumer again."),
	}
	return t, m.Err()
}

// Meter creates the instruments of the receiver and its sources.
type Meter struct {
	meter metric.Meter
	errs  []error
}

// NewMeter returns a Meter for the receiver's scope.
func NewMeter(provider metric.MeterProvider) *Meter {
	return &Meter{meter: provider.Meter(ScopeName)}
}

const namePrefix = "vpc_flow.receiver."

// Counter returns a counter named vpc_flow.receiver.<name>.
func (m *Meter) Counter(name, unit, description string) metric.Int64Counter {
	c, err := m.meter.Int64Counter(namePrefix+name, metric.WithUnit(unit), metric.WithDescription(description))
	m.errs = append(m.errs, err)
	return c
}

// Histogram returns a histogram named vpc_flow.receiver.<name>.
func (m *Meter) Histogram(name, unit, description string, bounds ...float64) metric.Float64Histogram {
	h, err := m.meter.Float64Histogram(namePrefix+name, metric.WithUnit(unit), metric.WithDescription(description),
		metric.WithExplicitBucketBoundaries(bounds...))
	m.errs = append(m.errs, err)
	return h
}

// Err returns the errors of all instruments.
func (m *Meter) Err() error { return errors.Join(m.errs...) }

// AddBy adds n to the series of a counter with one label, unless n is zero.
func AddBy(ctx context.Context, counter metric.Int64Counter, n int, label, value string) {
	if n > 0 {
		counter.Add(ctx, int64(n), labeled(label, value))
	}
}

// AddZero exports a series with zero, so that an idle source differs from an absent one.
func AddZero(ctx context.Context, counter metric.Int64Counter, label, value string) {
	counter.Add(ctx, 0, labeled(label, value))
}

func labeled(label, value string) metric.AddOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String(label, value)))
}
