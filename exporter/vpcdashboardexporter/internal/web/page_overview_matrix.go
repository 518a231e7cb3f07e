// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"math"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// matrixTable shows the traffic between internal subnets as a heat map.
type matrixTable struct {
	Measure   string
	Columns   []string
	Rows      []matrixRow
	Truncated bool
}

type matrixRow struct {
	Subnet string
	Cells  []matrixCell
}

// matrixCell is the traffic from one subnet to another.
type matrixCell struct {
	Value, Tooltip string
	// Shade is the strength of the color, from 0 for no traffic to maxShade.
	Shade int
}

func newMatrixTable(m *overview.Matrix, measure traffic.Measure) matrixTable {
	table := matrixTable{Measure: measureLabel(measure), Truncated: m.Truncated}
	format := formatOf(measure)
	var largest uint64
	for _, row := range m.Cells {
		for i := range row {
			largest = max(largest, row[i].By(measure))
		}
	}
	for i, row := range m.Cells {
		from := m.Subnets[i].String()
		table.Columns = append(table.Columns, from)
		r := matrixRow{Subnet: from}
		for j := range row {
			totals := &row[j]
			value := totals.By(measure)
			c := matrixCell{Shade: shade(value, largest)}
			if value > 0 {
				c.Value = format(value)
			}
			c.Tooltip = fmt.Sprintf("%s to %s: %s, %s, %s rejected", from, m.Subnets[j],
				humanize.Count(totals.Flows, "flow", "flows"), humanize.Bytes(totals.Bytes), humanize.Comma(totals.Rejected))
			r.Cells = append(r.Cells, c)
		}
		table.Rows = append(table.Rows, r)
	}
	return table
}

const maxShade = 6

// shade returns the strength of a value's color. It is logarithmic, because traffic differs by orders of magnitude.
func shade(value, largest uint64) int {
	if value == 0 {
		return 0
	}
	part := math.Log1p(float64(value)) / math.Log1p(float64(largest))
	return min(1+int(part*part*maxShade), maxShade)
}
