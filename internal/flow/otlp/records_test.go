// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

func TestAllReturnsEachRecordWithItsResourceAndScope(t *testing.T) {
	logs, _ := decode("account-id srcport\n1 10\n2 20\n1 11\naccount-id dstport\n1 12\n")
	type place struct{ account, format string }
	var places []place
	for record := range All(logs) {
		places = append(places, place{textOf(record.Resource.Attributes(), keyAccount), textOf(record.Scope.Attributes(), keyFormat)})
	}
	const first, second = "account-id srcport", "account-id dstport"
	assert.Equal(t, []place{{"1", first}, {"2", first}, {"1", first}, {"1", second}}, places)

	for range All(logs) {
		places = places[1:]
		break // The iterator must stop here.
	}
	assert.Len(t, places, 3)
}

func TestReadReturnsTheReason(t *testing.T) {
	for name, test := range map[string]struct {
		record testRecord
		want   flow.Reason
	}{
		"a flow":    {testRecord{body: flowtest.ExampleV2}, ""},
		"a header":  {testRecord{body: flow.Default.String()}, flow.HeaderLine},
		"no flow":   {testRecord{body: ""}, flow.NotAFlow},
		"a bad one": {testRecord{body: "x"}, flow.TooFewFields},
	} {
		t.Run(name, func(t *testing.T) {
			var got flow.Flow
			assert.Equal(t, test.want, NewRecordReader(flow.Default).Read(test.record.logRecord(t), &got))
		})
	}
}

func TestSplitDividesRecordsInOrder(t *testing.T) {
	logs := plog.NewLogs()
	for _, sizes := range [][]int{{3, 0, 4}, {}, {1}, {5}} {
		scopes := logs.ResourceLogs().AppendEmpty().ScopeLogs()
		for _, size := range sizes {
			scope := scopes.AppendEmpty()
			scope.Scope().Attributes().PutStr(keyFormat, flow.Default.String())
			for range size {
				scope.LogRecords().AppendEmpty().SetTimestamp(pcommon.Timestamp(logs.LogRecordCount()))
			}
		}
	}
	var all []pcommon.Timestamp
	for record := range All(logs) {
		all = append(all, record.Timestamp())
	}
	require.Len(t, all, 13)
	for _, c := range []struct{ n, minimum, parts int }{{1, 1, 1}, {2, 1, 2}, {5, 1, 5}, {20, 1, 13}, {4, 4, 3}, {4, 13, 1}, {4, 14, 1}} {
		parts := Split(logs, c.n, c.minimum)
		require.Len(t, parts, c.parts, "%+v", c)
		var got []pcommon.Timestamp
		for _, part := range parts {
			before := len(got)
			for record := range part.All() {
				got = append(got, record.Timestamp())
			}
			require.GreaterOrEqual(t, len(got)-before, min(c.minimum, 13), "%+v", c)
		}
		require.Equal(t, all, got, "%+v", c)
	}
}

func TestSplitDoesNotDivideRecordsThatMayBeHeaders(t *testing.T) {
	logs := plog.NewLogs()
	for range 2 {
		records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for range 100 {
			records.AppendEmpty()
		}
	}
	require.Len(t, Split(logs, 8, 1), 1)
	for _, resource := range logs.ResourceLogs().All() {
		require.Len(t, Split(logs, 8, 1), 1)
		resource.ScopeLogs().At(0).Scope().Attributes().PutStr(keyFormat, "srcaddr dstaddr")
	}
	require.Len(t, Split(logs, 8, 1), 8)
	require.Len(t, Split(plog.NewLogs(), 8, 1), 1)
}

func TestSplitDividesBlocksByTheirLines(t *testing.T) {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	records.Scope().Attributes().PutStr(keyFormat, flow.Default.String())
	for _, block := range []struct {
		lines int64
		text  string
	}{{3, "a\nb\n\nc\n"}, {1, "d"}, {-1, "e\nf"}, {9, "g\n"}, {2, "h\ni\nj\nk"}, {1, ""}} {
		record := records.LogRecords().AppendEmpty()
		record.Body().SetStr(block.text)
		record.Attributes().PutInt(keyLines, block.lines)
	}
	for n := 1; n < 20; n++ {
		got := ""
		for _, part := range Split(logs, n, 1) {
			for record := range part.All() {
				got += record.line
			}
		}
		assert.Equal(t, "abcdefghijk", got, "%d parts", n)
	}
}
