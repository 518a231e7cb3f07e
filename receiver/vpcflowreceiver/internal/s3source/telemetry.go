// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"

	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// messageOutcome is the result of handling a queue message. It is the value of a metric label.
type messageOutcome string

const (
	// messageDeleted means that all objects of the message are read.
	messageDeleted messageOutcome = "deleted"
	// messageNotWanted means that the message was deleted because it names no object to read.
	messageNotWanted messageOutcome = "not_wanted"
	// messageLeft means that the message stays in the queue because an object could not be read.
	messageLeft messageOutcome = "left"
	// messageUnreadable means that the message stays in the queue because it is not a notification.
	messageUnreadable messageOutcome = "unreadable"
)

// telemetry has the metrics of this source. The README of the receiver lists them.
type telemetry struct {
	objects, bytes, resumed, messages, queueErrors, evicted, skipped metric.Int64Counter
	delay                                                            metric.Float64Histogram
}

func newTelemetry(provider metric.MeterProvider) (*telemetry, error) {
	m := ingest.NewMeter(provider)
	t := &telemetry{
		objects:     m.Counter("s3.objects", "{object}", "S3 objects, by the outcome of reading them."),
		bytes:       m.Counter("s3.bytes", "By", "Bytes received from S3, as stored there."),
		resumed:     m.Counter("s3.resumed", "{connection}", "Broken connections to S3 that were resumed."),
		messages:    m.Counter("s3.messages", "{message}", "Queue messages, by outcome."),
		queueErrors: m.Counter("s3.queue_errors", "{error}", "Failed requests to the queue, by operation."),
		evicted:     m.Counter("s3.evicted", "{object}", "S3 objects whose checkpoint was evicted because there were too many."),
		skipped:     m.Counter("s3.skipped", "{object}", "S3 objects that were listed but not read, by reason."),
		delay: m.Histogram("s3.delay", "s", "Time from the creation of an S3 object until all its records were accepted.",
			1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400),
	}
	return t, m.Err()
}

// initCounters exports zeros, so that an idle source differs from an absent one.
func (t *telemetry) initCounters(ctx context.Context, hasQueue bool) {
	ingest.AddZero(ctx, t.objects, "outcome", string(ingest.OutcomeRead))
	if hasQueue {
		ingest.AddZero(ctx, t.messages, "outcome", string(messageDeleted))
	}
}

func (t *telemetry) countObject(ctx context.Context, o ingest.Outcome) {
	ingest.AddBy(ctx, t.objects, 1, "outcome", string(o))
}

func (t *telemetry) countMessage(ctx context.Context, o messageOutcome) {
	ingest.AddBy(ctx, t.messages, 1, "outcome", string(o))
}

func (t *telemetry) countQueueError(ctx context.Context, operation string) {
	ingest.AddBy(ctx, t.queueErrors, 1, "operation", operation)
}

func (t *telemetry) countSkipped(ctx context.Context, reason skipReason) {
	ingest.AddBy(ctx, t.skipped, 1, "reason", string(reason))
}
