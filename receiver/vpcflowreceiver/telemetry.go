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
	records, badLines, controls, files, refused, retries                metric.Int64Counter
	s3Objects, s3Bytes, s3Resumed, s3Messages, s3Errors, s3Forgotten    metric.Int64Counter
	firehoseRequests, firehoseRecords, firehoseBytes, firehoseForgotten metric.Int64Counter
	s3PassedOver                                                        metric.Int64Counter
	s3Delay                                                             metric.Float64Histogram
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

		s3Objects:    counter("s3.objects", "{object}", "Objects of S3, by what came of reading them."),
		s3Bytes:      counter("s3.bytes", "By", "Bytes that came from S3, as they lie there."),
		s3Resumed:    counter("s3.resumed", "{connection}", "Connections to S3 that broke and were made anew."),
		s3Messages:   counter("s3.messages", "{message}", "Messages of the queue, by what was done about them."),
		s3Forgotten:  counter("s3.forgotten", "{object}", "Objects of S3 that are no longer remembered, as newer ones took their place."),
		s3Errors:     counter("s3.queue_errors", "{error}", "Requests that the queue did not answer as it should, by operation."),
		s3PassedOver: counter("s3.passed_over", "{object}", "Objects of S3 that are listed among flow logs and not read, by reason."),

		firehoseRequests:  counter("firehose.requests", "{request}", "Requests to the endpoint of Firehose, by what came of them."),
		firehoseRecords:   counter("firehose.records", "{record}", "Records of Firehose that came; each may hold many lines."),
		firehoseBytes:     counter("firehose.bytes", "By", "Bytes of the records of Firehose that came, without base64."),
		firehoseForgotten: counter("firehose.forgotten", "{request}", "Requests that are no longer remembered, as newer ones took their place."),
	}
	var err error
	t.s3Delay, err = meter.Float64Histogram("vpc_flow.receiver.s3.delay", metric.WithUnit("s"),
		metric.WithDescription("Time from when an object was made to when all of its records were accepted."),
		metric.WithExplicitBucketBoundaries(1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400))
	return t, errors.Join(append(errs, err)...)
}

// countFromZero lets the counters that tell whether anything arrives be there from the start: else whoever watches them
// could not tell a receiver to which nothing ever came from one that is not there.
func (t *telemetry) countFromZero(ctx context.Context, cfg *Config) {
	t.records.Add(ctx, 0)
	zero := func(counter metric.Int64Counter, outcome string) {
		counter.Add(ctx, 0, metric.WithAttributeSet(attribute.NewSet(attribute.String("outcome", outcome))))
	}
	if cfg.S3.HasValue() {
		zero(t.s3Objects, string(outcomeRead))
		if cfg.S3.Get().SQSQueueURL != "" {
			zero(t.s3Messages, messageDeleted)
		}
	}
	if cfg.Firehose.HasValue() {
		zero(t.firehoseRequests, string(requestAccepted))
	}
}

// add counts n under one label, unless n is zero.
func add(ctx context.Context, counter metric.Int64Counter, n int, label, value string) {
	if n > 0 {
		counter.Add(ctx, int64(n), metric.WithAttributeSet(attribute.NewSet(attribute.String(label, value))))
	}
}
