// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"context"

	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// telemetry has the metrics of this source. The README of the receiver lists them.
type telemetry struct {
	requests, records, bytes, evicted metric.Int64Counter
}

func newTelemetry(provider metric.MeterProvider) (*telemetry, error) {
	m := ingest.NewMeter(provider)
	t := &telemetry{
		requests: m.Counter("firehose.requests", "{request}", "Requests to the endpoint for Firehose, by outcome."),
		records:  m.Counter("firehose.records", "{record}", "Firehose records received. Each can hold many lines."),
		bytes:    m.Counter("firehose.bytes", "By", "Bytes of the Firehose records received, without base64."),
		evicted:  m.Counter("firehose.evicted", "{request}", "Requests whose checkpoint was evicted because there were too many."),
	}
	return t, m.Err()
}

// initCounters exports zeros, so that an idle endpoint differs from an absent one.
func (t *telemetry) initCounters(ctx context.Context) {
	ingest.AddZero(ctx, t.requests, "outcome", string(requestAccepted))
}

func (t *telemetry) countRequest(ctx context.Context, o requestOutcome) {
	ingest.AddBy(ctx, t.requests, 1, "outcome", string(o))
}
