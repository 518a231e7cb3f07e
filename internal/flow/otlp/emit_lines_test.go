// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
)

// read returns the flows of all records, and the reasons of those that are none.
func read(t *testing.T, logs plog.Logs) (flows []Flow, faults []string) {
	t.Helper()
	reader := NewRecordReader(nil)
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				var f Flow
				if err := reader.Flow(resource.Resource().Attributes(), scope.Scope(), record, &f); err != nil {
					faults = append(faults, err.Error())
					continue
				}
				flows = append(flows, f)
			}
		}
	}
	return flows, faults
}

const mixed = "version account-id srcaddr dstaddr srcport dstport protocol start action log-status\n" +
	"2 1 10.0.0.1 10.0.0.2 50000 22 6 1736899200 REJECT OK\n" +
	"\n" +
	"2 2 10.0.0.3 10.0.0.2 50000 22 6 1736899201 ACCEPT OK\r\n" +
	"srcaddr dstaddr start\n" + // another header in the middle
	"10.0.0.4 10.0.0.5 1736899202\n"

func TestLinesGiveTheSameFlowsAsAttributes(t *testing.T) {
	whole, lines := NewDecoder(nil, Scope{}), NewDecoder(nil, Scope{})
	lines.EmitLines()
	decoded, counts := whole.Decode([]byte(mixed), 0)
	left, leftCounts := lines.Decode([]byte(mixed), 0)
	require.Equal(t, counts, leftCounts)
	want, faults := read(t, decoded)
	require.Empty(t, faults)
	got, faults := read(t, left)
	require.Empty(t, faults)
	require.ElementsMatch(t, want, got)
}

func TestALineIsAllThatItsRecordHas(t *testing.T) {
	d := NewDecoder(Default, Scope{Name: "scope"})
	d.EmitLines()
	logs, counts := d.Decode([]byte("2 1 no line that could be decoded\n"), 7)
	require.Equal(t, 1, counts.Records)
	scope := logs.ResourceLogs().At(0).ScopeLogs().At(0)
	format, _ := scope.Scope().Attributes().Get("vpc_flow.format")
	require.Equal(t, Default.String(), format.Str())
	record := scope.LogRecords().At(0)
	require.Equal(t, "2 1 no line that could be decoded", record.Body().Str())
	require.Zero(t, record.Attributes().Len())
	require.EqualValues(t, 7, record.ObservedTimestamp())
	_, faults := read(t, logs)
	require.Len(t, faults, 1, "the fault is found by the one who reads it")
}
