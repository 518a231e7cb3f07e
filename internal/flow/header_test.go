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

func TestParseHeader(t *testing.T) {
	for name, test := range map[string]struct{ line, want string }{
		"the default format":                  {flow.Default.String(), flow.Default.String()},
		"the Transit Gateway format":          {flow.TransitGateway.String(), flow.TransitGateway.String()},
		"underscores":                         {"account_id log_status", "account-id log-status"},
		"one field":                           {"srcaddr", "srcaddr"},
		"a byte order mark":                   {"\ufeffversion srcaddr", "version srcaddr"},
		"blanks and a carriage return":        {"  version  srcaddr \r\n", "version srcaddr"},
		"tabs":                                {"version\tsrcaddr", "version srcaddr"},
		"one unknown field among known ones":  {"version srcaddr dstaddr new-field", "version srcaddr dstaddr new-field"},
		"as many unknown fields as known":     {"version new-field", "version new-field"},
		"more unknown fields than known ones": {"version srcaddr new-a new-b new-c-2", "version srcaddr new-a new-b new-c-2"},
		"an unknown field with digits":        {"version srcaddr ipv6-flow-label", "version srcaddr ipv6-flow-label"},
		"fields that are common words":        {"start end type", "start end type"},
	} {
		t.Run(name, func(t *testing.T) {
			format, ok := flow.ParseHeader(test.line)
			require.True(t, ok)
			assert.Equal(t, test.want, format.String())
			assert.True(t, flow.MayBeHeader([]byte(test.line)))
			assert.True(t, flow.MayBeHeader([]byte("2015-05-20T15:43:54.000Z "+test.line)))
		})
	}
}

func TestParseHeaderRejectsOtherLines(t *testing.T) {
	for name, line := range map[string]string{
		"an empty line":               "",
		"blanks":                      "   ",
		"an absent value":             "-",
		"absent values":               "- - -",
		"a record":                    flowtest.ExampleV2,
		"a record of ids":             "eni-1235b8ca123456789 i-01234567890123456",
		"a record of letters":         "ingress us-east-1",
		"a record of interface types": "nat_gateway",
		"a record of a region":        "ap-southeast-2",
		"a record of zones":           "apse2-az3 use1-az1",
		"a record of tags":            "web front blue",
		"a record with one tag that is a field name": "web type us-east-1",
		"a record whose service is a field name":     "version i-01234567890123456",
		"a record that begins with field names":      "type action 10.0.0.1",
		"a status":                                   "NODATA",
		"upper case":                                 "VERSION SRCADDR",
		"commas":                                     "version,srcaddr,dstaddr",
		"unknown fields only":                        "new-a new-b",
		"a duplicate field":                          "version srcaddr version",
		"a sentence":                                 "the quick brown fox",
		"a name that is too long":                    "version srcaddr " + strings.Repeat("a", 65),
		"too many names":                             "version srcaddr" + strings.Repeat(" x", 256),
		"a comment":                                  "# version srcaddr",
		"binary data":                                "\x00\x01\x02",
	} {
		t.Run(name, func(t *testing.T) {
			format, ok := flow.ParseHeader(line)
			assert.False(t, ok)
			assert.Nil(t, format)
		})
	}
}

func TestParseHeaderOnSampleLines(t *testing.T) {
	for _, line := range flowtest.SampleLines(t) {
		format, ok := flow.ParseHeader(line)
		assert.Equal(t, strings.Contains(line, "srcaddr") || strings.HasPrefix(flow.Trim(line), "action"), ok, line)
		if ok {
			assert.True(t, flow.MayBeHeader([]byte(line)))
			assert.Equal(t, len(strings.Fields(flow.Trim(line))), format.Len())
		}
	}
}

func TestRecordsOfTheDefaultFormatCannotBeHeaders(t *testing.T) {
	assert.False(t, flow.MayBeHeader([]byte(flowtest.ExampleV2)))
	assert.False(t, flow.MayBeHeader([]byte(flowtest.ExampleV5)))
	assert.False(t, flow.MayBeHeader([]byte("2")))
	assert.True(t, flow.MayBeHeader(nil))
}
