// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// scanLines returns the record lines of a block.
func scanLines(s *flow.BlockScanner) (lines []string) {
	for {
		line, ok := s.NextLine()
		if !ok {
			return lines
		}
		lines = append(lines, line)
	}
}

func TestBlockScanner(t *testing.T) {
	twoPorts := flowtest.Format(t, "srcport dstport")
	for name, test := range map[string]struct {
		format *flow.Format
		block  string
		lines  []string
		counts flow.Counts
		next   string
	}{
		"no lines":                  {twoPorts, "", nil, flow.Counts{}, "srcport dstport"},
		"blank lines":               {twoPorts, "\n \t\r\n\n", nil, flow.Counts{}, "srcport dstport"},
		"lines":                     {twoPorts, "1 2\n3 4\n", []string{"1 2", "3 4"}, flow.Counts{Records: 2}, "srcport dstport"},
		"no line end":               {twoPorts, "1 2", []string{"1 2"}, flow.Counts{Records: 1}, "srcport dstport"},
		"a carriage return":         {twoPorts, "1 2\r\n", []string{"1 2"}, flow.Counts{Records: 1}, "srcport dstport"},
		"a header":                  {nil, "srcport\n1\n", []string{"1"}, flow.Counts{Records: 1, Headers: 1}, "srcport"},
		"a header after a line":     {twoPorts, "1 2\nsrcport\n", []string{"1 2"}, flow.Counts{Records: 1, Headers: 1}, "srcport"},
		"a line that is not parsed": {twoPorts, "x\n", []string{"x"}, flow.Counts{Records: 1}, "srcport dstport"},
		"a header with unknown fields": {
			flowtest.Format(t, "srcport dstport new-a"), "srcport dstport new-a new-b\nsrcport dstport new-b new-c\n", nil,
			flow.Counts{Headers: 2, Unknown: []string{"new-b", "new-c"}},
			"srcport dstport new-b new-c",
		},
		"a header with a field twice": {
			twoPorts, "1 2\nsrcport dstport start srcport\n3 4\n",
			[]string{"1 2", "3 4"},
			flow.Counts{
				Records: 2, Bad: map[flow.Reason]int{flow.BadHeader: 1},
				FirstBad: flow.NewLineError(flow.BadHeader, "srcport", "in the format twice, as columns 1 and 4"), FirstBadLine: 2,
			},
			"srcport dstport",
		},
		"a header with too many fields": {
			twoPorts, "srcport dstport" + strings.Repeat(" x", 498) + "\n1 2\n",
			[]string{"1 2"},
			flow.Counts{
				Records: 1, Bad: map[flow.Reason]int{flow.BadHeader: 1},
				FirstBad: flow.NewLineError(flow.BadHeader, "", "a format has at most 256 fields, not 500"), FirstBadLine: 1,
			},
			"srcport dstport",
		},
		"a line without a format": {
			nil, "\n1 2\nsrcport\n3\n",
			[]string{"3"},
			flow.Counts{
				Records: 1, Headers: 1, Bad: map[flow.Reason]int{flow.NoFormat: 1},
				FirstBad: flow.NewLineError(flow.NoFormat, "", "1 2"), FirstBadLine: 2,
			},
			"srcport",
		},
		"a line that is not UTF-8": {
			twoPorts, "1 2\n\xff\n3 4\n",
			[]string{"1 2", "3 4"},
			flow.Counts{
				Records: 2, Bad: map[flow.Reason]int{flow.NotText: 1}, FirstBad: flow.NewLineError(flow.NotText, "", "?"), FirstBadLine: 2,
			},
			"srcport dstport",
		},
		"the longest line": {
			twoPorts, strings.Repeat("x", flow.MaxLine) + "\r\n", []string{strings.Repeat("x", flow.MaxLine)}, flow.Counts{Records: 1}, "srcport dstport",
		},
		"a line that is too long": {
			twoPorts, strings.Repeat("x", flow.MaxLine+1) + "\n1 2\n",
			[]string{"1 2"},
			flow.Counts{
				Records: 1, Bad: map[flow.Reason]int{flow.TooLong: 1},
				FirstBad: flow.NewLineError(flow.TooLong, "", strings.Repeat("x", 64)), FirstBadLine: 1,
			},
			"srcport dstport",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var s flow.BlockScanner
			for range 2 { // Reset must clear the state.
				s.Reset(test.format, test.block)
				assert.Equal(t, test.lines, scanLines(&s))
				assert.Equal(t, test.counts, s.Counts())
				assert.Equal(t, test.next, s.Format().String())
				assert.Equal(t, test.next, s.FormatAfter(test.format, test.block).String())
			}
		})
	}
}

func TestExportTimestampsAreRemoved(t *testing.T) {
	const at = "2015-05-20T15:43:54.000Z "
	for name, test := range map[string]struct {
		block string
		lines []string
	}{
		"on every line":                   {at + "1 2\n" + at + "3 4", []string{"1 2", "3 4"}},
		"followed by several blanks":      {at + "  1 2\r\n", []string{"1 2"}},
		"on some lines only":              {at + "1 2\n3 4", []string{"1 2", "3 4"}},
		"after blank lines":               {"\n \n" + at + "1 2", []string{"1 2"}},
		"after a byte order mark":         {"\ufeff" + at + "1 2", []string{"1 2"}},
		"kept if the first line has none": {"1 2\n" + at + "3 4", []string{"1 2", at + "3 4"}},
		"another form":                    {"2015-05-20 15:43:54.000Z 1 2", []string{"2015-05-20 15:43:54.000Z 1 2"}},
		"letters in a timestamp":          {"2015-05-20T15:43:5x.000Z 1 2", []string{"2015-05-20T15:43:5x.000Z 1 2"}},
		"two timestamps":                  {at + at + "1 2", []string{at + "1 2"}},
		"before a header":                 {at + "bytes packets\n" + at + "1 2", []string{"1 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			var s flow.BlockScanner
			s.Reset(flowtest.Format(t, "srcport dstport"), test.block)
			assert.Equal(t, test.lines, scanLines(&s))
			format := s.Format()
			assert.Equal(t, format.String(), s.FormatAfter(flowtest.Format(t, "srcport dstport"), test.block).String())
		})
	}
}

func TestNextRecordSkipsBadLines(t *testing.T) {
	var (
		s       flow.BlockScanner
		r       flow.Record
		regions []string
	)
	s.Reset(flowtest.Format(t, "region srcport"), "a 1\nb x\nc 2\nd\n")
	for s.NextRecord(&r) {
		regions = append(regions, r.Region)
	}
	assert.Equal(t, []string{"a", "c"}, regions)
	assert.Equal(t, flow.Counts{
		Records: 2, Bad: map[flow.Reason]int{flow.NotANumber: 1, flow.TooFewFields: 1},
		FirstBad: flow.NewLineError(flow.NotANumber, "srcport", "x"), FirstBadLine: 2,
	}, s.Counts())
}

func TestRecord(t *testing.T) {
	format := flowtest.Format(t, "account-id region end srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport action subnet-id vpc-id")
	var r flow.Record
	require.Nil(t, r.Parse(format, "1 eu-west-1 1418530070123 10.0.0.8 10.0.0.2 10.0.0.1 10.0.0.2 443 REJECT - vpc-1"))
	assert.Equal(t, "1", r.Account)
	assert.Equal(t, "eu-west-1", r.Region)
	assert.Equal(t, int64(1418530070123e6), r.End)
	assert.Equal(t, [4]string{"10.0.0.1", "10.0.0.2", "10.0.0.8", ""}, r.Addresses())
	assert.Same(t, format, r.Format())
	type value struct {
		name, text string
		number     int64
	}
	var values []value
	for _, v := range r.Values() {
		values = append(values, value{r.Field(&v).Name, r.ValueText(&v), v.Number})
	}
	assert.Equal(t, []value{{"srcport", "443", 443}, {"action", "REJECT", int64(flow.Reject)}, {"vpc-id", "vpc-1", 0}}, values)

	require.Nil(t, r.Parse(format, "- - - - - - - - - - -"))
	assert.Empty(t, r.Account+r.Region)
	assert.Zero(t, r.End)
	assert.Empty(t, r.Values())
	assert.Equal(t, [4]string{}, r.Addresses())
}
