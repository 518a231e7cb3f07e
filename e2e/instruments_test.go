// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"sync"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

// instrumentRecorder is a meter provider that records which instruments the project's own code creates.
type instrumentRecorder struct {
	noop.MeterProvider
	mu      sync.Mutex
	metrics map[string]metricMetadata
}

// Meter returns a meter that records. Meters of other modules do not.
func (r *instrumentRecorder) Meter(name string, _ ...metric.MeterOption) metric.Meter {
	if !strings.HasPrefix(name, ownModule) {
		return noop.Meter{}
	}
	return recordingMeter{recorder: r}
}

type recordingMeter struct {
	noop.Meter
	recorder *instrumentRecorder
}

func (m recordingMeter) add(name, unit, description string, kind metricMetadata) {
	m.recorder.mu.Lock()
	defer m.recorder.mu.Unlock()
	kind.Enabled, kind.Unit, kind.Description = true, unit, description
	m.recorder.metrics[name] = kind
}

// Int64Counter records a counter.
func (m recordingMeter) Int64Counter(name string, options ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	c := metric.NewInt64CounterConfig(options...)
	m.add(name, c.Unit(), c.Description(), metricMetadata{Sum: &sumMetadata{ValueType: "int", Monotonic: true}})
	return m.Meter.Int64Counter(name, options...)
}

// Int64ObservableCounter records a counter that is read at each collection.
func (m recordingMeter) Int64ObservableCounter(name string, options ...metric.Int64ObservableCounterOption) (metric.Int64ObservableCounter, error) {
	c := metric.NewInt64ObservableCounterConfig(options...)
	m.add(name, c.Unit(), c.Description(), metricMetadata{Sum: &sumMetadata{ValueType: "int", Monotonic: true, Async: true}})
	return m.Meter.Int64ObservableCounter(name, options...)
}

// Int64UpDownCounter records an up-down counter.
func (m recordingMeter) Int64UpDownCounter(name string, options ...metric.Int64UpDownCounterOption) (metric.Int64UpDownCounter, error) {
	c := metric.NewInt64UpDownCounterConfig(options...)
	m.add(name, c.Unit(), c.Description(), metricMetadata{Sum: &sumMetadata{ValueType: "int"}})
	return m.Meter.Int64UpDownCounter(name, options...)
}

// Int64ObservableUpDownCounter records an up-down counter that is read at each collection.
func (m recordingMeter) Int64ObservableUpDownCounter(
	name string, options ...metric.Int64ObservableUpDownCounterOption,
) (metric.Int64ObservableUpDownCounter, error) {
	c := metric.NewInt64ObservableUpDownCounterConfig(options...)
	m.add(name, c.Unit(), c.Description(), metricMetadata{Sum: &sumMetadata{ValueType: "int", Async: true}})
	return m.Meter.Int64ObservableUpDownCounter(name, options...)
}

// Int64ObservableGauge records a gauge that is read at each collection.
func (m recordingMeter) Int64ObservableGauge(name string, options ...metric.Int64ObservableGaugeOption) (metric.Int64ObservableGauge, error) {
	c := metric.NewInt64ObservableGaugeConfig(options...)
	m.add(name, c.Unit(), c.Description(), metricMetadata{Gauge: &gaugeMetadata{ValueType: "int", Async: true}})
	return m.Meter.Int64ObservableGauge(name, options...)
}

// Float64Histogram records a histogram.
func (m recordingMeter) Float64Histogram(name string, options ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	c := metric.NewFloat64HistogramConfig(options...)
	m.add(name, c.Unit(), c.Description(), metricMetadata{
		Histogram: &histogramMetadata{ValueType: "double", Boundaries: c.ExplicitBucketBoundaries()},
	})
	return m.Meter.Float64Histogram(name, options...)
}
