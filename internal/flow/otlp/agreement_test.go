// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// A line must give the same Flow whether it is parsed directly, or by way of the attributes or the body of a log record.

func TestFlowsAgreeOnRandomRecords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		format := flowtest.RandomFormat(t, random)
		for range 5 {
			assertFlowsAgree(t, format, flowtest.RandomLine(random, format, false))
		}
	}
}

func TestFlowsAgreeOnRandomErrors(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	bad := 0
	for range 2000 {
		format := flowtest.RandomFormat(t, random)
		line := flowtest.RandomLine(random, format, true)
		var got flow.Flow
		if format.Flow(line, &got) != nil {
			bad++
		}
		assertFlowsAgree(t, format, line)
	}
	assert.Greater(t, bad, 200, "the number of bad lines")
}

// assertFlowsAgree parses a line directly, by way of attributes, and from the body of a record.
func assertFlowsAgree(tb testing.TB, format *flow.Format, line string) {
	tb.Helper()
	var direct, decoded, body flow.Flow
	err := format.Flow(line, &direct)
	logs, counts := decodeAs(format, []byte(line))
	lines := testRecord{scope: map[string]any{"vpc_flow.format": format.String()}, body: line}
	if err != nil {
		require.Equal(tb, err, counts.FirstBad, "%s\n%s", format, line)
		require.Equal(tb, 1, counts.Bad[counts.FirstBad.Reason])
		require.Equal(tb, err, lines.read(tb, NewRecordReader(nil), &body))
		return
	}
	require.Equal(tb, flow.Counts{Records: 1}, counts, "%s\n%s", format, line)
	records := recordsOf(tb, logs)
	require.NoError(tb, NewRecordReader(nil).Flow(records[0], &decoded), "%s\n%s", format, line)
	require.Equal(tb, direct, decoded, "%s\n%s", format, line)
	require.NoError(tb, lines.read(tb, NewRecordReader(nil), &body))
	require.Equal(tb, direct, body, "%s\n%s", format, line)
}
