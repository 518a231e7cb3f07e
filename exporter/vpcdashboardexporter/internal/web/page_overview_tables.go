// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"math"
	"net/url"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// topTable is the heaviest of one dimension.
type topTable struct {
	ID, Title, Head, Measure string
	Rows                     []topRow
	// Approximate says that some values are upper bounds.
	Approximate bool
}

type topRow struct {
	Key, Name, URL string
	Value, Exact   string
	// Width is the length of the bar in percent of the longest.
	Width int
}

// dimensions are the tables in the order of the page.
var dimensions = []struct {
	dimension   overview.Dimension
	title, head string
	name        func(string) string
	linked      bool
}{
	{overview.Sources, "Sources", "Address", nil, true},
	{overview.Destinations, "Destinations", "Address", nil, true},
	{overview.Ports, "Destination ports", "Port", service, false},
	{overview.Protocols, "Protocols", "Protocol", nil, false},
	{overview.SourceCountries, "Countries received from, replies included", "Country", country, false},
	{overview.DestinationCountries, "Countries sent to, replies included", "Country", country, false},
	{overview.Interfaces, "Network interfaces", "Interface", nil, false},
	{overview.Accounts, "Accounts", "Account", nil, false},
}

func topTables(v *overview.View, measure overview.Measure) []topTable {
	write := writer(measure)
	var list []topTable
	for _, d := range dimensions {
		t := topTable{ID: "top-" + string(d.dimension), Title: d.title, Head: d.head, Measure: measureLabel(measure)}
		entries := v.Top[d.dimension]
		for _, e := range entries {
			r := topRow{Key: e.Key, Value: write(e.Value), Exact: exact(e.Value), Width: int(100 * e.Value / max(entries[0].Value, 1))}
			if e.Error > 0 {
				r.Value, r.Exact = "≤ "+r.Value, exact(e.Value-min(e.Value, e.Error))+" to "+r.Exact
				t.Approximate = true
			}
			if d.name != nil {
				r.Name = d.name(e.Key)
			}
			if d.linked {
				r.URL = "/alerts?address=" + url.QueryEscape(e.Key)
			}
			t.Rows = append(t.Rows, r)
		}
		list = append(list, t)
	}
	return list
}

// writer returns how values of a measure are written.
func writer(measure overview.Measure) func(uint64) string {
	if measure == overview.ByBytes {
		return byteCount
	}
	return count
}

func measureLabel(measure overview.Measure) string {
	for _, m := range measures {
		if m.Name == string(measure) {
			return m.Label
		}
	}
	return string(measure)
}

// matrix is the traffic between internal subnets as a table of which each cell has a shade.
type matrix struct {
	Measure   string
	Columns   []string
	Rows      []matrixRow
	Truncated bool
}

type matrixRow struct {
	Subnet string
	Cells  []matrixCell
}

// matrixCell has a Shade from 0 for nothing to 6 for the most.
type matrixCell struct{ Value, Tip, Shade string }

func newMatrix(m *overview.Matrix, measure overview.Measure) matrix {
	out := matrix{Measure: measureLabel(measure), Truncated: m.Truncated}
	write := writer(measure)
	var most uint64
	for _, row := range m.Cells {
		for i := range row {
			most = max(most, measured(&row[i], measure))
		}
	}
	for i, row := range m.Cells {
		out.Columns = append(out.Columns, m.Subnets[i].String())
		r := matrixRow{Subnet: m.Subnets[i].String()}
		for j := range row {
			value := measured(&row[j], measure)
			c := matrixCell{Shade: strconv.Itoa(shade(value, most))}
			if value > 0 {
				c.Value = write(value)
			}
			c.Tip = m.Subnets[i].String() + " to " + m.Subnets[j].String() + ": " + exact(row[j].Flows) + " flows, " +
				byteCount(row[j].Bytes) + ", " + exact(row[j].Rejected) + " rejected"
			r.Cells = append(r.Cells, c)
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

func measured(s *overview.Sums, measure overview.Measure) uint64 {
	switch measure {
	case overview.ByBytes:
		return s.Bytes
	case overview.ByRejects:
		return s.Rejected
	default:
		return s.Flows
	}
}

// shades is how many shades of heat there are, beside none at all.
const shades = 6

// shade places a value between nothing and the most by its logarithm, since traffic differs by orders of magnitude.
func shade(value, most uint64) int {
	if value == 0 {
		return 0
	}
	part := math.Log1p(float64(value)) / math.Log1p(float64(most))
	return min(1+int(part*part*shades), shades)
}
