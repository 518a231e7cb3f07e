// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

func TestFormatFlow(t *testing.T) {
	addr := netip.MustParseAddr
	for name, test := range map[string]struct {
		names, line string
		want        flow.Flow
	}{
		"an accepted record of the default format": {
			flow.Default.String(), flowtest.ExampleV2,
			flow.Flow{
				Time: 1418530010, Src: addr("172.31.16.139"), Dst: addr("172.31.16.21"), SrcPort: 20641, DstPort: 22,
				Protocol: 6, Action: flow.Accept, Packets: 20, Bytes: 4249, Account: "123456789010", Interface: "eni-1235b8ca123456789",
			},
		},
		"a record of version 5": {
			flowtest.FormatV5, flowtest.ExampleV5,
			flow.Flow{
				Time: 1616729292, Src: addr("52.95.128.179"), Dst: addr("10.0.0.71"), SrcPort: 80, DstPort: 34210, Protocol: 6,
				Flags: 19, FlagsLogged: true, Action: flow.Accept, Direction: flow.Ingress, Packets: 14, Bytes: 15044, Account: "123456789012", Region: "ap-southeast-2",
				VPC: "vpc-abcdefab012345678", Interface: "eni-1235b8ca123456789", Instance: "i-0c50d5961bcb2d47b", Subnet: "subnet-aaaaaaaa012345678", Zone: "apse2-az3",
			},
		},
		"an interval without traffic": {
			flow.Default.String(), "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA",
			flow.Flow{Time: 1431280876, Status: flow.NoData, Account: "123456789010", Interface: "eni-1235b8ca123456789"},
		},
		"lost records, with times in milliseconds": {
			flow.Default.String(), "2 unknown - - - - - - - - 1431280876999 1431280934000 - SKIPDATA",
			flow.Flow{Time: 1431280876, Status: flow.SkipData, Account: "unknown"},
		},
		"a rejected record":                  {"action", "REJECT", flow.Flow{Action: flow.Reject}},
		"an egress record":                   {"flow-direction", "egress", flow.Flow{Direction: flow.Egress}},
		"an account keeps its zeros":         {"account-id", "012345678901", flow.Flow{Account: "012345678901"}},
		"IPv6":                               {"srcaddr dstaddr", "2001:db8::1 fe80::1", flow.Flow{Src: addr("2001:db8::1"), Dst: addr("fe80::1")}},
		"IPv4-mapped addresses":              {"srcaddr dstaddr", "::ffff:10.0.0.1 10.0.0.2", flow.Flow{Src: addr("10.0.0.1"), Dst: addr("10.0.0.2")}},
		"a protocol without a name":          {"protocol", "253", flow.Flow{Protocol: 253}},
		"the start rather than the end":      {"end start", "20 10", flow.Flow{Time: 10}},
		"the end if the start is absent":     {"start end", "- 20", flow.Flow{Time: 20}},
		"the end if there is no start field": {"end", "20", flow.Flow{Time: 20}},
		"no time":                            {"start end", "- -", flow.Flow{}},
		"a start of zero":                    {"start end", "0 20", flow.Flow{}},
		"blanks, tabs and line ends":         {"srcport dstport", "\t 1 \t  2 \r\n", flow.Flow{SrcPort: 1, DstPort: 2}},
		"a byte order mark":                  {"srcport dstport", "\ufeff1 2", flow.Flow{SrcPort: 1, DstPort: 2}},
		"absent values only":                 {flow.Default.String(), strings.Repeat("- ", 14), flow.Flow{}},
		"an unknown field":                   {"new-field srcport", "anything 1", flow.Flow{SrcPort: 1}},
		"large packets and bytes":            {"packets bytes", "9223372036854775807 9223372036854775807", flow.Flow{Packets: math.MaxInt64, Bytes: math.MaxInt64}},
	} {
		t.Run(name, func(t *testing.T) {
			var got flow.Flow
			require.NoError(t, flowtest.Format(t, test.names).Flow(test.line, &got))
			assert.Equal(t, test.want, got)
		})
	}
}

func TestSourceAndDestinationAreThePacketsAddresses(t *testing.T) {
	for name, test := range map[string]struct{ line, src, dst, local, intermediate string }{
		"no addresses":                           {"- - - -", "", "", "", ""},
		"interface addresses only":               {"10.0.0.1 10.0.0.2 - -", "10.0.0.1", "10.0.0.2", "", ""},
		"packet addresses only":                  {"- - 10.0.1.1 10.0.1.2", "10.0.1.1", "10.0.1.2", "", ""},
		"equal addresses":                        {"10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "", ""},
		"a different source":                     {"10.0.0.9 10.0.0.2 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.9", ""},
		"a different destination":                {"10.0.0.1 10.0.0.9 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.9", ""},
		"both different":                         {"10.0.0.8 10.0.0.9 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.8", "10.0.0.9"},
		"the packet's source only":               {"- 10.0.0.9 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.9", ""},
		"equal addresses in different spellings": {"::ffff:10.0.0.1 2001:db8::1 10.0.0.1 2001:0db8:0::1", "10.0.0.1", "2001:db8::1", "", ""},
		"four equal addresses":                   {"10.0.0.1 10.0.0.1 10.0.0.1 10.0.0.1", "10.0.0.1", "10.0.0.1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got flow.Flow
			require.NoError(t, flowtest.Format(t, "srcaddr dstaddr pkt-srcaddr pkt-dstaddr").Flow(test.line, &got))
			for want, addr := range map[string]netip.Addr{"src " + test.src: got.Src, "dst " + test.dst: got.Dst, "local " + test.local: got.Local, "intermediate " + test.intermediate: got.Intermediate} {
				name, text, _ := strings.Cut(want, " ")
				var expected netip.Addr
				if text != "" {
					expected = netip.MustParseAddr(text)
				}
				assert.Equal(t, expected, addr, name)
			}
			assert.False(t, got.Hop, "without instance-id, hops are unknown")
		})
	}
}

func TestHops(t *testing.T) {
	for name, test := range flowtest.Hops {
		t.Run(name, func(t *testing.T) {
			var got flow.Flow
			require.NoError(t, flowtest.Format(t, test.Names).Flow(test.Line, &got))
			assert.Equal(t, test.Want, got.Hop)
			assert.Equal(t, test.Gateway, got.NamesGateway)
		})
	}
}

func TestBadLines(t *testing.T) {
	for name, test := range flowtest.BadLines {
		t.Run(name, func(t *testing.T) {
			format := flow.Default
			if test.Names != "" {
				format = flowtest.Format(t, test.Names)
			}
			var (
				got  flow.Flow
				want *flow.LineError
			)
			require.ErrorAs(t, format.Flow(test.Line, &got), &want)
			assert.Equal(t, test.Want, *want)
		})
	}
}

func TestLongestLine(t *testing.T) {
	var got flow.Flow
	require.NoError(t, flowtest.Format(t, "vpc-id").Flow(strings.Repeat("x", flow.MaxLine), &got))
	assert.Len(t, got.VPC, flow.MaxLine)
}

func TestLineErrorText(t *testing.T) {
	assert.Equal(t, `too_few_fields: "13 instead of 14"`, flow.NewLineError(flow.TooFewFields, "", "13 instead of 14").Error())
	assert.Equal(t, `not_a_number: srcport is "fifty"`, flow.NewLineError(flow.NotANumber, "srcport", "fifty").Error())
	assert.Equal(t, "not_a_flow", (&flow.LineError{Reason: flow.NotAFlow}).Error())
}

func TestFormatFlowDoesNotAllocate(t *testing.T) {
	for _, s := range flowtest.Examples(t) {
		var got flow.Flow
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if err := s.Format.Flow(s.Line, &got); err != nil {
				t.Error(err)
			}
		}), s.Name)
	}
}
