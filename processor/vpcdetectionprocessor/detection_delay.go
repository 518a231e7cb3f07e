// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// detectionDelay is a histogram of the time from a flow to the alert that it causes.
type detectionDelay struct{ seconds metric.Float64Histogram }

// delayBuckets are the upper bounds of the buckets in seconds. AWS delivers most flow logs within ten minutes.
var delayBuckets = []float64{10, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 21600, 86400}

func newDetectionDelay(provider metric.MeterProvider) (detectionDelay, error) {
	seconds, err := provider.Meter(scopeName).Float64Histogram("vpc_flow.detection.delay", metric.WithUnit("s"),
		metric.WithDescription("Time from the start of the flow that opens an episode until its alert is emitted."),
		metric.WithExplicitBucketBoundaries(delayBuckets...))
	return detectionDelay{seconds}, err
}

// record adds the alerts that open an episode. Updates and ends have no flow of their own.
func (d detectionDelay) record(ctx context.Context, alerts []*alert.Alert, now time.Time) {
	for _, a := range alerts {
		if a.Status == alert.Opened {
			d.seconds.Record(ctx, float64(now.Unix()-a.Time), attributes("rule", a.Rule))
		}
	}
}
