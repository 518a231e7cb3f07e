// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package collectorhealth

import (
	"math"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// metrics holds metric families by name.
type metrics map[string]*dto.MetricFamily

// suffixes are what the collector may append to a metric name, depending on its telemetry configuration.
var suffixes = []string{"", "_total", "_seconds"}

// find returns the series of a metric by its name with underscores. The collector may report the name with dots.
func (m metrics) find(name string) []*dto.Metric {
	for _, suffix := range suffixes {
		if family := m[name+suffix]; family != nil {
			return family.GetMetric()
		}
	}
	for reported, family := range m {
		if strings.ReplaceAll(reported, ".", "_") == name {
			return family.GetMetric()
		}
	}
	return nil
}

// sum adds up all series of a metric.
func (m metrics) sum(name string) uint64 {
	var sum float64
	for _, series := range m.find(name) {
		sum += value(series)
	}
	return toCount(sum)
}

// sumBy adds up the series of a metric by the value of a label. It omits zeros.
func (m metrics) sumBy(name, label string) map[string]uint64 {
	sums := map[string]float64{}
	for _, series := range m.find(name) {
		sums[labelOf(series, label)] += value(series)
	}
	counts := map[string]uint64{}
	for name, sum := range sums {
		if sum > 0 {
			counts[name] = toCount(sum)
		}
	}
	return counts
}

func value(series *dto.Metric) float64 {
	switch {
	case series.Counter != nil:
		return series.Counter.GetValue()
	case series.Gauge != nil:
		return series.Gauge.GetValue()
	default:
		return series.GetUntyped().GetValue()
	}
}

func labelOf(series *dto.Metric, name string) string {
	for _, label := range series.GetLabel() {
		if label.GetName() == name {
			return label.GetValue()
		}
	}
	return ""
}

// toCount converts a sample to a count. The result is zero for NaN and negative samples.
func toCount(value float64) uint64 {
	switch {
	case !(value > 0): // also true for NaN
		return 0
	case value >= math.MaxInt64:
		return math.MaxInt64
	}
	return uint64(value)
}
