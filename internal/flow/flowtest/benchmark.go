// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowtest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// BlockRecords is the number of records in a Block. It equals the default batch size of the receiver.
const BlockRecords = 1000

// Example is a line for benchmarks.
type Example struct {
	Name, Line string
	Format     *flow.Format
	port       string
}

// Examples returns a short and a long line.
func Examples(tb testing.TB) []Example {
	tb.Helper()
	return []Example{
		{"v2", ExampleV2, flow.Default, "20641"},
		{"v5", ExampleV5, Format(tb, FormatV5), "34210"},
	}
}

// Block repeats the line with different ports.
func (e Example) Block() []byte {
	var lines strings.Builder
	for i := range BlockRecords {
		lines.WriteString(strings.Replace(e.Line, e.port, strconv.Itoa(1024+i), 1))
		lines.WriteByte('\n')
	}
	return []byte(lines.String())
}

// ReportPerRecord reports the time for one record, given the number of records in each loop.
func ReportPerRecord(b *testing.B, records int) {
	b.Helper()
	total := float64(b.N * records)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/total, "ns/record")
	b.ReportMetric(total/b.Elapsed().Seconds(), "records/s")
}

// Format compiles a format.
func Format(tb testing.TB, names string) *flow.Format {
	tb.Helper()
	format, err := flow.ParseFormat(names)
	require.NoError(tb, err)
	return format
}
