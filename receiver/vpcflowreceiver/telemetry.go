// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// scopeName is the scope of our metrics, and of the records.
const scopeName = "github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"

// telemetry is what the receiver counts. The README explains the metrics by name.
type telemetry struct {
	records, badLines, controls, files, refused, retries metric.Int64Counter
}

func newTelemetry(provider metric.MeterProvider) (*telemetry, error) {
	meter := provider.Meter(scopeName)
	var errs []error
	counter := func(name, unit, description string) metric.Int64Counter {
		c, err := meter.Int64Counter("vpc_flow.receiver."+name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	t := &telemetry{
		records:  counter("records", "{record}", "Flow log records that the next consumer accepted."),
		badLines: counter("bad_lines", "{line}", "Lines that could not be decoded, by reason."),
		controls: counter("control_messages", "{message}", "Messages by which CloudWatch Logs only tried whether its messages arrive."),
		files:    counter("files", "{file}", "Files, by what came of reading them."),
		refused:  counter("refused", "{record}", "Records that were dropped because the next consumer refused them, by kind of refusal."),
		retries:  counter("retries", "{retry}", "Batches that were offered to the next consumer once more."),
	}
	return t, errors.Join(errs...)
}

// countFromZero lets the counters that tell whether anything arrives be there from the start: else whoever watches them
// could not tell a receiver to which nothing ever came from one that is not there.
func (t *telemetry) countFromZero(ctx context.Context) { t.records.Add(ctx, 0) }

// add counts n under one label, unless n is zero.
func add(ctx context.Context, counter metric.Int64Counter, n int, label, value string) {
	if n > 0 {
		counter.Add(ctx, int64(n), metric.WithAttributeSet(attribute.NewSet(attribute.String(label, value))))
	}
}
