// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package findings describes the quality of the received data and the health of the collector for people.
package findings

import (
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// List returns the findings about the received data and the collector. The collector may be nil if nothing is known
// about it.
func List(health *overview.Health, collector *collectorhealth.Report) []Finding {
	list := dataFindings(health)
	if collector != nil {
		list = append(list, collectorFindings(collector)...)
	}
	return list
}
