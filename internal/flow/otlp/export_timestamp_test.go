// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

func TestExportTimestampsAreRemoved(t *testing.T) {
	const at = "2015-05-20T15:43:54.000Z "
	for name, test := range map[string]struct {
		text         string
		records, bad int
	}{
		"on every line":                   {at + flowtest.ExampleV2 + "\n" + at + flowtest.ExampleV2, 2, 0},
		"followed by several blanks":      {at + "  " + flowtest.ExampleV2 + "\r\n", 1, 0},
		"on some lines only":              {at + flowtest.ExampleV2 + "\n" + flowtest.ExampleV2, 2, 0},
		"after blank lines":               {"\n \n" + at + flowtest.ExampleV2, 1, 0},
		"after a byte order mark":         {"\ufeff" + at + flowtest.ExampleV2, 1, 0},
		"kept if the first line has none": {flowtest.ExampleV2 + "\n" + at + flowtest.ExampleV2, 1, 1},
		"a timestamp without a record":    {at + flowtest.ExampleV2 + "\n" + at + "\n", 1, 1},
		"another form":                    {"2015-05-20 15:43:54.000Z " + flowtest.ExampleV2, 0, 1},
		"letters in a timestamp":          {"2015-05-20T15:43:5x.000Z " + flowtest.ExampleV2, 0, 1},
		"two timestamps":                  {at + at + flowtest.ExampleV2, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			logs, counts := decodeAs(flow.Default, []byte(test.text))
			assert.Equal(t, test.records, counts.Records)
			bad := 0
			for _, n := range counts.Bad {
				bad += n
			}
			assert.Equal(t, test.bad, bad)
			if test.records > 0 {
				want, _ := decodeAs(flow.Default, []byte(strings.Repeat(flowtest.ExampleV2+"\n", test.records)))
				assert.Equal(t, want, logs)
			}
		})
	}
	t.Run("with EmitLines", func(t *testing.T) {
		logs, _, _ := Decoder{EmitLines: true}.Decode(flow.Default, "", []byte(at+flowtest.ExampleV2), observed)
		records := only(t, logs)
		assert.Equal(t, flowtest.ExampleV2, records[0].Body().Str())
	})
	t.Run("before a header", func(t *testing.T) {
		_, counts := decodeAs(nil, []byte(at+"bytes packets\n"+at+"1 2"))
		assert.Equal(t, flow.Counts{Headers: 1, Records: 1}, counts)
	})
}

func TestAccountOfLinesWithoutAccount(t *testing.T) {
	for name, test := range map[string]struct {
		names, line, want string
	}{
		"not in the format": {"srcport dstport", "1 2", "999"},
		"absent":            {"account-id srcport", "- 2", "999"},
		"in the line":       {"account-id srcport", "123456789012 2", "123456789012"},
	} {
		for _, emitLines := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				decoder := Decoder{EmitLines: emitLines}
				logs, _, _ := decoder.Decode(flowtest.Format(t, test.names), "999", []byte(test.line), observed)
				var got flow.Flow
				require.NoError(t, NewRecordReader(nil).Flow(only(t, logs)[0], &got))
				assert.Equal(t, test.want, got.Account)
				logs, _, _ = decoder.Decode(flowtest.Format(t, "srcport dstport"), "", []byte("1 2"), observed)
				assert.NotEqual(t, "999", textOf(only(t, logs)[0].Resource.Attributes(), keyAccount), "the next block has no account")
			})
		}
	}
}
