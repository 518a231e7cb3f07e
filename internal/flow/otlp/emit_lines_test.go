// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// read returns the flows of the valid records, and the errors of the others.
func read(logs plog.Logs) (flows []flow.Flow, errs []string) {
	reader := NewRecordReader(nil)
	for record := range All(logs) {
		var f flow.Flow
		if err := reader.Flow(record, &f); err != nil {
			errs = append(errs, err.Error())
			continue
		}
		flows = append(flows, f)
	}
	return flows, errs
}

// mixed is a block with blank lines and two headers.
const mixed = "version account-id srcaddr dstaddr srcport dstport protocol start action log-status\n" +
	"2 1 10.0.0.1 10.0.0.2 50000 22 6 1736899200 REJECT OK\n" +
	"\n" +
	"2 2 10.0.0.3 10.0.0.2 50000 22 6 1736899201 ACCEPT OK\r\n" +
	"srcaddr dstaddr start\n" + // another header in the middle
	"10.0.0.4 10.0.0.5 1736899202\n"

func TestEmittedLinesGiveTheSameFlows(t *testing.T) {
	decoded, counts := decode(mixed)
	left, leftCounts, _ := Decoder{Scope: testScope, Emit: EmitLines}.Decode(nil, "", []byte(mixed), observed)
	require.Equal(t, counts, leftCounts)
	want, errs := read(decoded)
	require.Empty(t, errs)
	got, errs := read(left)
	require.Empty(t, errs)
	require.ElementsMatch(t, want, got)
}

func TestEmittedLinesHaveNoAttributes(t *testing.T) {
	logs, counts, _ := Decoder{Scope: testScope, Emit: EmitLines}.Decode(flow.Default, "", []byte("2 1 no line that could be decoded\n"), 7)
	require.Equal(t, 1, counts.Records)
	scope := logs.ResourceLogs().At(0).ScopeLogs().At(0)
	format, _ := scope.Scope().Attributes().Get("vpc_flow.format")
	require.Equal(t, flow.Default.String(), format.Str())
	record := scope.LogRecords().At(0)
	require.Equal(t, "2 1 no line that could be decoded", record.Body().Str())
	require.Zero(t, record.Attributes().Len())
	require.EqualValues(t, 7, record.ObservedTimestamp())
	_, errs := read(logs)
	require.Len(t, errs, 1, "the reader of the record finds the error")
}
