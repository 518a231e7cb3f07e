// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package scrape

import (
	"math"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// families are metrics by name.
type families map[string]*dto.MetricFamily

// endings are what may be added to a metric's name, as the collector's configuration of its telemetry has it.
var endings = []string{"", "_total", "_seconds"}

// find gives the series of a metric, given its name with underscores. A collector may have left the dots in it.
func (f families) find(name string) []*dto.Metric {
	for _, ending := range endings {
		if family := f[name+ending]; family != nil {
			return family.GetMetric()
		}
	}
	for written, family := range f {
		if strings.ReplaceAll(written, ".", "_") == name {
			return family.GetMetric()
		}
	}
	return nil
}

// sum adds up all series of a metric.
func (f families) sum(name string) uint64 {
	var sum float64
	for _, series := range f.find(name) {
		sum += value(series)
	}
	return whole(sum)
}

// by adds up the series of a metric that have the same value of a label.
func (f families) by(name, label string) map[string]uint64 {
	sums := map[string]float64{}
	for _, series := range f.find(name) {
		sums[labelOf(series, label)] += value(series)
	}
	counts := map[string]uint64{}
	for name, sum := range sums {
		if sum > 0 {
			counts[name] = whole(sum)
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

// whole makes a count of a value, which may be anything.
func whole(value float64) uint64 {
	switch {
	case !(value > 0): // also not a number
		return 0
	case value >= math.MaxInt64:
		return math.MaxInt64
	}
	return uint64(value)
}
