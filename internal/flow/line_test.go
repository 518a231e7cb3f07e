// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mustParse(tb testing.TB, names string) *Format {
	tb.Helper()
	format, err := ParseFormat(names)
	require.NoError(tb, err)
	return format
}

func TestLinesBecomeFlows(t *testing.T) {
	addr := netip.MustParseAddr
	for name, test := range map[string]struct {
		names, line string
		want        Flow
	}{
		"an accepted record of the default format": {
			Default.String(), exampleV2,
			Flow{
				Time: 1418530010, Src: addr("172.31.16.139"), Dst: addr("172.31.16.21"), SrcPort: 20641, DstPort: 22,
				Protocol: 6, Action: Accept, Packets: 20, Bytes: 4249, Account: "123456789010", Interface: "eni-1235b8ca123456789",
			},
		},
		"a record of version 5": {
			formatV5, exampleV5,
			Flow{
				Time: 1616729292, Src: addr("52.95.128.179"), Dst: addr("10.0.0.71"), SrcPort: 80, DstPort: 34210, Protocol: 6,
				Flags: 19, Action: Accept, Direction: Ingress, Packets: 14, Bytes: 15044, Account: "123456789012", Region: "ap-southeast-2",
				VPC: "vpc-abcdefab012345678", Interface: "eni-1235b8ca123456789", Instance: "i-0c50d5961bcb2d47b",
			},
		},
		"an interval without traffic": {
			Default.String(), "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA",
			Flow{Time: 1431280876, Status: NoData, Account: "123456789010", Interface: "eni-1235b8ca123456789"},
		},
		"lost records, with times in milliseconds": {
			Default.String(), "2 unknown - - - - - - - - 1431280876999 1431280934000 - SKIPDATA",
			Flow{Time: 1431280876, Status: SkipData, Account: "unknown"},
		},
		"a rejected record":           {"action", "REJECT", Flow{Action: Reject}},
		"an egress record":            {"flow-direction", "egress", Flow{Direction: Egress}},
		"an account keeps its zeros":  {"account-id", "012345678901", Flow{Account: "012345678901"}},
		"IPv6":                        {"srcaddr dstaddr", "2001:db8::1 fe80::1", Flow{Src: addr("2001:db8::1"), Dst: addr("fe80::1")}},
		"IPv4-mapped is IPv4":         {"srcaddr dstaddr", "::ffff:10.0.0.1 10.0.0.2", Flow{Src: addr("10.0.0.1"), Dst: addr("10.0.0.2")}},
		"a protocol without a name":   {"protocol", "253", Flow{Protocol: 253}},
		"start comes before end":      {"end start", "20 10", Flow{Time: 10}},
		"end where start is absent":   {"start end", "- 20", Flow{Time: 20}},
		"end without a start":         {"end", "20", Flow{Time: 20}},
		"no time at all":              {"start end", "- -", Flow{}},
		"a start of zero is a start":  {"start end", "0 20", Flow{}},
		"blanks, tabs and line ends":  {"srcport dstport", "\t 1 \t  2 \r\n", Flow{SrcPort: 1, DstPort: 2}},
		"a byte order mark":           {"srcport dstport", "\ufeff1 2", Flow{SrcPort: 1, DstPort: 2}},
		"nothing but absent values":   {Default.String(), strings.Repeat("- ", 14), Flow{}},
		"an unknown field":            {"new-field srcport", "anything 1", Flow{SrcPort: 1}},
		"packets and bytes are great": {"packets bytes", "9223372036854775807 9223372036854775807", Flow{Packets: maxInt64, Bytes: maxInt64}},
	} {
		t.Run(name, func(t *testing.T) {
			var got Flow
			require.NoError(t, mustParse(t, test.names).Flow(test.line, &got))
			assert.Equal(t, test.want, got)
		})
	}
}

func TestPacketAddressesComeBeforeThoseOfInterfaces(t *testing.T) {
	for name, test := range map[string]struct{ line, src, dst, local, intermediate string }{
		"no addresses":                      {"- - - -", "", "", "", ""},
		"interfaces only":                   {"10.0.0.1 10.0.0.2 - -", "10.0.0.1", "10.0.0.2", "", ""},
		"packet only":                       {"- - 10.0.1.1 10.0.1.2", "10.0.1.1", "10.0.1.2", "", ""},
		"the same":                          {"10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "", ""},
		"another source":                    {"10.0.0.9 10.0.0.2 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.9", ""},
		"another destination":               {"10.0.0.1 10.0.0.9 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.9", ""},
		"both others":                       {"10.0.0.8 10.0.0.9 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.8", "10.0.0.9"},
		"a source of the packet only":       {"- 10.0.0.9 10.0.0.1 10.0.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.9", ""},
		"the same, spelt in two ways":       {"::ffff:10.0.0.1 2001:db8::1 10.0.0.1 2001:0db8:0::1", "10.0.0.1", "2001:db8::1", "", ""},
		"a packet that went there and back": {"10.0.0.1 10.0.0.1 10.0.0.1 10.0.0.1", "10.0.0.1", "10.0.0.1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got Flow
			require.NoError(t, mustParse(t, "srcaddr dstaddr pkt-srcaddr pkt-dstaddr").Flow(test.line, &got))
			for want, addr := range map[string]netip.Addr{"src " + test.src: got.Src, "dst " + test.dst: got.Dst, "local " + test.local: got.Local, "intermediate " + test.intermediate: got.Intermediate} {
				name, text, _ := strings.Cut(want, " ")
				var expected netip.Addr
				if text != "" {
					expected = netip.MustParseAddr(text)
				}
				assert.Equal(t, expected, addr, name)
			}
			assert.False(t, got.Hop, "a format without instance-id tells nothing of hops")
		})
	}
}

// hops are cases of both ways to a Flow, by line and by attributes.
var hops = map[string]struct {
	names, line string
	want        bool
}{
	"no instance, another source":               {"instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "- 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5", true},
	"no instance, another destination":          {"instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "- 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5", true},
	"no instance, both others":                  {"instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "- 10.0.0.8 10.0.0.9 10.0.1.5 203.0.113.5", true},
	"no instance, the packet's own addresses":   {"instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "- 10.0.1.5 203.0.113.5 10.0.1.5 203.0.113.5", false},
	"no instance, absent packet addresses":      {"instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "- 10.0.1.5 203.0.113.5 - -", false},
	"no instance, absent interface addresses":   {"instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "- - - 10.0.1.5 203.0.113.5", false},
	"no instance, no packet addresses":          {"instance-id srcaddr dstaddr", "- 10.0.1.5 203.0.113.5", false},
	"an instance, another source":               {"instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "i-01234567890123456 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5", false},
	"a format without instance-id":              {"srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5", false},
	"a NAT gateway":                             {"srcaddr dstaddr interface-type", "10.0.1.5 203.0.113.5 nat_gateway", true},
	"a regional NAT gateway":                    {"srcaddr dstaddr interface-type", "10.0.1.5 203.0.113.5 regional_nat_gateway", true},
	"a transit gateway":                         {"srcaddr dstaddr interface-type", "10.0.1.5 203.0.113.5 transit_gateway", true},
	"an ordinary interface":                     {"srcaddr dstaddr interface-type", "10.0.1.5 203.0.113.5 interface", false},
	"a load balancer":                           {"srcaddr dstaddr interface-type", "10.0.1.5 203.0.113.5 network_load_balancer", false},
	"an absent interface type":                  {"srcaddr dstaddr interface-type", "10.0.1.5 203.0.113.5 -", false},
	"a NAT gateway before the next hop":         {"srcaddr dstaddr interface-type next-hop-interface-type", "10.0.1.5 203.0.113.5 interface nat_gateway", false},
	"a NAT gateway that names an instance":      {"instance-id srcaddr dstaddr interface-type", "i-01234567890123456 10.0.1.5 203.0.113.5 nat_gateway", true},
	"an ordinary interface that is no instance": {"instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr interface-type", "- 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5 interface", true},
}

func TestMiddleInterfacesAreHops(t *testing.T) {
	for name, test := range hops {
		t.Run(name, func(t *testing.T) {
			var got Flow
			require.NoError(t, mustParse(t, test.names).Flow(test.line, &got))
			assert.Equal(t, test.want, got.Hop)
		})
	}
}

// faults are bad lines, of the default format where they name none.
var faults = map[string]struct {
	names, line string
	want        LineError
}{
	"a line that is cut off":               {"", "2 123456789012 eni-0a1b 10.0.0.5 10.0.2.10 1", LineError{TooFewFields, "", "6 instead of 14"}},
	"a line without its last field":        {"", strings.TrimSuffix(exampleV2, " OK"), LineError{TooFewFields, "", "13 instead of 14"}},
	"a line without a field in the middle": {"", "2 123456789012 eni-0a1b 10.0.0.5 50000 2000 6 1 60 1736899200 1736899259 REJECT OK", LineError{TooFewFields, "", "13 instead of 14"}},
	"a blank line":                         {"", "", LineError{TooFewFields, "", "0 instead of 14"}},
	"a line with one field more":           {"", exampleV2 + " extra", LineError{TooManyFields, "", "15 instead of 14"}},
	"two lines in one":                     {"", exampleV2 + "\n" + exampleV2, LineError{TooManyFields, "", "28 instead of 14"}},
	"one field more, and one wrong":        {"srcport dstport", "fifty 1 2", LineError{TooManyFields, "", "3 instead of 2"}},
	"a port that is a word":                {"srcport dstport", "fifty 1", LineError{NotANumber, "srcport", "fifty"}},
	"a port that is too great":             {"srcport dstport", "1 65536", LineError{BadValue, "dstport", "65536"}},
	"a port that is negative":              {"srcport dstport", "-1 1", LineError{NotANumber, "srcport", "-1"}},
	"a protocol that is too great":         {"protocol", "256", LineError{BadValue, "protocol", "256"}},
	"a protocol that is a name":            {"protocol", "tcp", LineError{NotANumber, "protocol", "tcp"}},
	"flags that are too great":             {"tcp-flags", "256", LineError{BadValue, "tcp-flags", "256"}},
	"packets that are no number":           {"packets", "1e3", LineError{NotANumber, "packets", "1e3"}},
	"bytes that are too many":              {"bytes", "9223372036854775808", LineError{BadValue, "bytes", "9223372036854775808"}},
	"a version that is none":               {"version", "v2", LineError{NotANumber, "version", "v2"}},
	"a start that is a date":               {"start", "2025-03-21T15:14:49Z", LineError{NotANumber, "start", "2025-03-21T15:14:49Z"}},
	"an end that counts microseconds":      {"end", "1418530010000000", LineError{BadValue, "end", "1418530010000000"}},
	"lost packets that are no number":      {"packets-lost-mtu-exceeded", "x", LineError{NotANumber, "packets-lost-mtu-exceeded", "x"}},
	"a source that is no address":          {"srcaddr", "10.0.0.555", LineError{BadAddress, "srcaddr", "10.0.0.555"}},
	"a destination with a zone":            {"dstaddr", "fe80::1%eth0", LineError{BadAddress, "dstaddr", "fe80::1%eth0"}},
	"a packet address that is a name":      {"srcaddr pkt-srcaddr", "10.0.0.1 localhost", LineError{BadAddress, "pkt-srcaddr", "localhost"}},
	"an action that is none":               {"action", "DROP", LineError{BadValue, "action", "DROP"}},
	"an action in lower case":              {"action", "accept", LineError{BadValue, "action", "accept"}},
	"a status that is none":                {"log-status", "ACCEPT", LineError{BadValue, "log-status", "ACCEPT"}},
	"a direction that is none":             {"flow-direction", "sideways", LineError{BadValue, "flow-direction", "sideways"}},
	"a value that is long":                 {"srcaddr", strings.Repeat("x", 100), LineError{BadAddress, "srcaddr", strings.Repeat("x", maxSample)}},
	"a line that is too long":              {"subnet-id", strings.Repeat("x", MaxLine+1), LineError{TooLong, "", strings.Repeat("x", maxSample)}},
	"a line that is not UTF-8":             {"subnet-id srcport", "caf\xe9 1", LineError{NotText, "", "caf? 1"}},
}

func TestBadLinesSayWhatIsWrong(t *testing.T) {
	for name, test := range faults {
		t.Run(name, func(t *testing.T) {
			format := Default
			if test.names != "" {
				format = mustParse(t, test.names)
			}
			var (
				got  Flow
				want *LineError
			)
			require.ErrorAs(t, format.Flow(test.line, &got), &want)
			assert.Equal(t, test.want, *want)
		})
	}
}

func TestALineMayBeAsLongAsTheLimit(t *testing.T) {
	var got Flow
	require.NoError(t, mustParse(t, "vpc-id").Flow(strings.Repeat("x", MaxLine), &got))
	assert.Len(t, got.VPC, MaxLine)
}

func TestFaultsReadAsOnePhrase(t *testing.T) {
	assert.Equal(t, `too_few_fields: "13 instead of 14"`, (&LineError{TooFewFields, "", "13 instead of 14"}).Error())
	assert.Equal(t, `not_a_number: srcport is "fifty"`, (&LineError{NotANumber, "srcport", "fifty"}).Error())
	assert.Equal(t, "not_a_flow", (&LineError{Reason: NotAFlow}).Error())
}

func TestReadingAFlowAllocatesNothing(t *testing.T) {
	for _, s := range samples(t) {
		var got Flow
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if err := s.format.Flow(s.line, &got); err != nil {
				t.Error(err)
			}
		}), s.name)
	}
}
