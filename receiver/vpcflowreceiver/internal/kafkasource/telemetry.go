// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkasource

import (
	"context"

	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// telemetry has the metrics of this source. The README of the receiver lists them.
type telemetry struct {
	messages, bytes metric.Int64Counter
}

func newTelemetry(provider metric.MeterProvider) (*telemetry, error) {
	m := ingest.NewMeter(provider)
	t := &telemetry{
		messages: m.Counter("kafka.messages", "{message}", "Kafka messages, by the outcome of reading them."),
		bytes:    m.Counter("kafka.bytes", "By", "Bytes of the Kafka messages that were read."),
	}
	return t, m.Err()
}

// initCounters exports zeros, so that an idle source differs from an absent one.
func (t *telemetry) initCounters(ctx context.Context) {
	ingest.AddZero(ctx, t.messages, "outcome", string(ingest.OutcomeRead))
}

func (t *telemetry) count(ctx context.Context, o ingest.Outcome, size int) {
	ingest.AddBy(ctx, t.messages, 1, "outcome", string(o))
	t.bytes.Add(ctx, int64(size))
}
