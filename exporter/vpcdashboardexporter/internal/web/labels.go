// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// choice is an option of a menu.
type choice struct{ Name, Label string }

var measureChoices = []choice{
	{string(traffic.ByFlows), "Flows"}, {string(traffic.ByBytes), "Bytes"}, {string(traffic.ByRejects), "Rejects"},
}

func measureLabel(measure traffic.Measure) string {
	for _, m := range measureChoices {
		if m.Name == string(measure) {
			return m.Label
		}
	}
	return string(measure)
}

// formatOf returns the function that formats values of a measure.
func formatOf(measure traffic.Measure) func(uint64) string {
	if measure == traffic.ByBytes {
		return humanize.Bytes[uint64]
	}
	return compact
}

// compact formats a number in full up to 9,999, and with a decimal prefix from there on.
func compact(n uint64) string {
	if n < 10_000 {
		return humanize.Comma(n)
	}
	return humanize.Short(n)
}

// severities lists the severities from low to critical, as [overview.Point] counts them.
var severities = []struct {
	name, label string
	severity    alert.Severity
}{
	{"low", "Low", alert.Low}, {"medium", "Medium", alert.Medium}, {"high", "High", alert.High}, {"critical", "Critical", alert.Critical},
}
