// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// emitted decodes a block and reads the records back.
func emitted(t *testing.T, emit Emit, format *flow.Format, account, block string) (logs plog.Logs, counts flow.Counts, next *flow.Format) {
	t.Helper()
	logs, counts, next = Decoder{Scope: testScope, Emit: emit}.Decode(format, account, []byte(block), observed)
	assert.Len(t, slices.Collect(All(logs)), counts.Records)
	flowtest.AssertValidText(t, logs)
	return logs, counts, next
}

func TestBlocksGiveTheSameFlowsAsLines(t *testing.T) {
	const at = "2015-05-20T15:43:54.000Z "
	for name, test := range map[string]struct {
		block   string
		records int
	}{
		"no lines":                     {"\n\n", 0},
		"one line without a line feed": {flowtest.ExampleV2, 1},
		"several lines":                {flowtest.ExampleV2 + "\n" + flowtest.ExampleV2 + "\n", 1},
		"blank lines":                  {"\n \n" + flowtest.ExampleV2 + "\r\n\r\n" + flowtest.ExampleV2 + "\r\n\n", 1},
		"a header in the middle":       {mixed, 2},
		"a header at the end":          {flowtest.ExampleV2 + "\nsrcaddr dstaddr start\n", 1},
		"a bad line in the middle":     {flowtest.ExampleV2 + "\n2 1 no flow\n" + flowtest.ExampleV2 + "\n", 1},
		"a line that is not text":      {flowtest.ExampleV2 + "\n2 \xff 1\n" + flowtest.ExampleV2 + "\n", 2},
		"a line that is too long":      {flowtest.ExampleV2 + "\n" + strings.Repeat("1 ", flow.MaxLine) + "\n" + flowtest.ExampleV2 + "\n", 2},
		"a byte order mark":            {"\ufeff" + flowtest.ExampleV2 + "\n\ufeff" + flowtest.ExampleV2, 1},
		"timestamps of an export":      {at + flowtest.ExampleV2 + "\n" + at + flowtest.ExampleV2 + "\n", 2},
		"words that are not a format":  {"srcaddr srcaddr\n" + flowtest.ExampleV2 + "\nsrcaddr srcaddr\n" + flowtest.ExampleV2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			lines, wantCounts, wantNext := emitted(t, EmitLines, flow.Default, "7", test.block)
			blocks, counts, next := emitted(t, EmitBlocks, flow.Default, "7", test.block)
			assert.Equal(t, wantCounts, counts)
			assert.Equal(t, wantNext.String(), next.String())
			assert.Equal(t, test.records, blocks.LogRecordCount())
			want, wantErrs := read(lines)
			got, errs := read(blocks)
			assert.Equal(t, want, got)
			assert.Equal(t, wantErrs, errs)
		})
	}
}

func TestBlocksAgreeOnRandomText(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	flows, bad := 0, 0
	for range 500 {
		format := flowtest.RandomFormat(t, random)
		initial := format
		var text strings.Builder
		for range random.IntN(20) {
			switch random.IntN(8) {
			case 0:
				format = flowtest.RandomFormat(t, random)
				text.WriteString(format.String())
			case 1:
				text.WriteString(flowtest.Junk[random.IntN(len(flowtest.Junk))])
			default:
				text.WriteString(flowtest.RandomLine(random, format, random.IntN(4) == 0))
			}
			text.WriteString("\n")
		}
		lines, wantCounts, wantNext := emitted(t, EmitLines, initial, "7", text.String())
		blocks, counts, next := emitted(t, EmitBlocks, initial, "7", text.String())
		require.Equal(t, wantCounts, counts, text.String())
		require.Equal(t, wantNext.String(), next.String())
		want, wantErrs := read(lines)
		got, errs := read(blocks)
		require.Equal(t, want, got, text.String())
		require.Equal(t, wantErrs, errs, text.String())
		flows += len(got)
		bad += len(errs)
	}
	assert.Greater(t, flows, 1000)
	assert.Greater(t, bad, 100)
}

func TestBlockHasItsLinesAndTheirNumber(t *testing.T) {
	logs, counts, _ := emitted(t, EmitBlocks, flow.Default, "7", "2 1 a\n\n2 1 b\n")
	require.Equal(t, 2, counts.Records)
	resource := logs.ResourceLogs().At(0)
	assert.Equal(t, "7", textOf(resource.Resource().Attributes(), keyAccount))
	scope := resource.ScopeLogs().At(0)
	assert.Equal(t, flow.Default.String(), textOf(scope.Scope().Attributes(), keyFormat))
	record := scope.LogRecords().At(0)
	assert.Equal(t, "2 1 a\n\n2 1 b", record.Body().Str())
	assert.Equal(t, map[string]any{"vpc_flow.lines": int64(2)}, record.Attributes().AsRaw())
	assert.Equal(t, observed, record.ObservedTimestamp())
}

func TestBlockOfAnotherSender(t *testing.T) {
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	resource.Resource().Attributes().PutStr(keyAccount, "7")
	resource.Resource().Attributes().PutStr(keyRegion, "eu-west-1")
	records := resource.ScopeLogs().AppendEmpty().LogRecords()
	block := records.AppendEmpty()
	block.SetTimestamp(5e9)
	block.Body().SetStr("srcaddr dstaddr srcport\n10.0.0.1 10.0.0.2 1\nbad\n10.0.0.1 10.0.0.2 2")
	block.Attributes().PutInt(keyLines, 4)
	line := records.AppendEmpty()
	line.Body().SetStr("10.0.0.1 10.0.0.2 3")
	flows, errs := read(logs)
	require.Len(t, flows, 3, "the header applies to the rest of the stream")
	for i, f := range flows {
		assert.EqualValues(t, i+1, f.SrcPort)
		assert.Equal(t, "7", f.Account)
		assert.Equal(t, "eu-west-1", f.Region)
	}
	assert.EqualValues(t, 5, flows[0].Time)
	require.Len(t, errs, 2)
	assert.Equal(t, ErrHeader.Error(), errs[0])
	assert.Contains(t, errs[1], string(flow.TooFewFields))
}

func TestBlockOfAnInvalidFormat(t *testing.T) {
	logs, _, _ := emitted(t, EmitBlocks, flow.Default, "", flowtest.ExampleV2+"\n"+flowtest.ExampleV2)
	logs.ResourceLogs().At(0).ScopeLogs().At(0).Scope().Attributes().PutStr(keyFormat, "srcaddr 1")
	flows, errs := read(logs)
	assert.Empty(t, flows)
	assert.Len(t, errs, 2, "each line is bad")
}

func TestReadingBlocksDoesNotAllocatePerLine(t *testing.T) {
	logs, _, _ := emitted(t, EmitBlocks, flow.Default, "7", strings.Repeat(flowtest.ExampleV2+"\n", 1000))
	reader := NewRecordReader(nil)
	var f flow.Flow
	assert.Less(t, testing.AllocsPerRun(10, func() {
		for record := range All(logs) {
			if err := reader.Flow(record, &f); err != nil {
				t.Error(err)
			}
		}
	}), 10.0)
}

func TestAllStopsInABlock(t *testing.T) {
	logs, _, _ := emitted(t, EmitBlocks, flow.Default, "", strings.Repeat(flowtest.ExampleV2+"\n", 3))
	n := 0
	for range All(logs) {
		if n++; n == 2 {
			break
		}
	}
	assert.Equal(t, 2, n)
}
