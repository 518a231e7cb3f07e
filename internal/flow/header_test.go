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

func TestLinesOfFieldNamesAreHeaders(t *testing.T) {
	for name, test := range map[string]struct{ line, want string }{
		"the default format":              {flow.Default.String(), flow.Default.String()},
		"the Transit Gateway format":      {flow.TransitGateway.String(), flow.TransitGateway.String()},
		"underscores":                     {"account_id log_status", "account-id log-status"},
		"one column":                      {"srcaddr", "srcaddr"},
		"a byte order mark":               {"\ufeffversion srcaddr", "version srcaddr"},
		"blanks and a carriage return":    {"  version  srcaddr \r\n", "version srcaddr"},
		"tabs":                            {"version\tsrcaddr", "version srcaddr"},
		"one new field among known ones":  {"version srcaddr dstaddr new-field", "version srcaddr dstaddr new-field"},
		"as many new fields as known":     {"version new-field", "version new-field"},
		"more new fields than known ones": {"version srcaddr new-a new-b new-c-2", "version srcaddr new-a new-b new-c-2"},
		"a new field with digits":         {"version srcaddr ipv6-flow-label", "version srcaddr ipv6-flow-label"},
		"fields that are everyday words":  {"start end type", "start end type"},
	} {
		t.Run(name, func(t *testing.T) {
			format, ok := flow.ParseHeader(test.line)
			require.True(t, ok)
			assert.Equal(t, test.want, format.String())
		})
	}
}

func TestRecordsAndOtherLinesAreNotHeaders(t *testing.T) {
	for name, line := range map[string]string{
		"nothing":                                "",
		"blanks":                                 "   ",
		"an absent value":                        "-",
		"absent values":                          "- - -",
		"a record":                               flowtest.ExampleV2,
		"a record of ids":                        "eni-1235b8ca123456789 i-01234567890123456",
		"a record of letters":                    "ingress us-east-1",
		"a record of interface types":            "nat_gateway",
		"a record of a region":                   "ap-southeast-2",
		"a record of zones":                      "apse2-az3 use1-az1",
		"a record of tags":                       "web front blue",
		"a record with one tag that is a name":   "web type us-east-1",
		"a record with a service of such a name": "version i-01234567890123456",
		"a record that begins with names":        "type action 10.0.0.1",
		"a status":                               "NODATA",
		"a header in capitals":                   "VERSION SRCADDR",
		"a header with commas":                   "version,srcaddr,dstaddr",
		"a header of new fields only":            "new-a new-b",
		"a header with a field twice":            "version srcaddr version",
		"a sentence":                             "the quick brown fox",
		"a name that is too long":                "version srcaddr " + strings.Repeat("a", 65),
		"more names than there are fields":       "version srcaddr" + strings.Repeat(" x", 256),
		"a comment":                              "# version srcaddr",
		"binary":                                 "\x00\x01\x02",
	} {
		t.Run(name, func(t *testing.T) {
			format, ok := flow.ParseHeader(line)
			assert.False(t, ok)
			assert.Nil(t, format)
		})
	}
}

func TestNoRecordOfTheSamplesIsAHeader(t *testing.T) {
	for _, line := range flowtest.SampleLines(t) {
		format, ok := flow.ParseHeader(line)
		assert.Equal(t, strings.Contains(line, "srcaddr") || strings.HasPrefix(flow.Trim(line), "action"), ok, line)
		if ok {
			assert.Equal(t, len(strings.Fields(flow.Trim(line))), format.Len())
		}
	}
}
