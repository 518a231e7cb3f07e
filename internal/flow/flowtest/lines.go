// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package flowtest contains sample flow logs for tests.
package flowtest

import (
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Example lines.
const (
	// ExampleV2 is a line of the default format, ExampleV5 one of FormatV5.
	ExampleV2 = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
	ExampleV5 = "5 52.95.128.179 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 123456789012 vpc-abcdefab012345678 " +
		"subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 19 52.95.128.179 10.0.0.71 " +
		"S3 - - ingress OK"
	// FormatV5 is the format of a flow log with the fields up to version 5.
	FormatV5 = "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id instance-id " +
		"interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service " +
		"pkt-dst-aws-service traffic-path flow-direction log-status"
)

// Junk contains lines that are not flow logs, and lines that are meant to break a decoder.
var Junk = []string{
	"", " ", "-", "- -", "\x00", "\xff\xfe", "\ufeff", "\r", "{\"message\":\"2 1\"}", "\x1f\x8b\x08\x00",
	"PAR1", "version", "srcaddr version version-2 version",
	"2 123456789010 eni-1 ::ffff:1.2.3.4 fe80::1%x 1 2 6 1 1 1 1 ACCEPT OK", strings.Repeat("- ", 300), strings.Repeat("9", 400),
}

// BadLine is a line that cannot be decoded.
type BadLine struct {
	// Names is the format; empty for the default format.
	Names string
	Line  string
	Want  flow.LineError
}

// BadLines contains a line for each kind of error, by name.
var BadLines = map[string]BadLine{
	"a truncated line":              {"", "2 123456789012 eni-0a1b 10.0.0.5 10.0.2.10 1", Error(flow.TooFewFields, "", "6 instead of 14")},
	"a line without its last field": {"", strings.TrimSuffix(ExampleV2, " OK"), Error(flow.TooFewFields, "", "13 instead of 14")},
	"a line without a field in the middle": {
		"", "2 123456789012 eni-0a1b 10.0.0.5 50000 2000 6 1 60 1736899200 1736899259 REJECT OK",
		Error(flow.TooFewFields, "", "13 instead of 14"),
	},
	"a blank line":                       {"", "", Error(flow.TooFewFields, "", "0 instead of 14")},
	"a line with an extra field":         {"", ExampleV2 + " extra", Error(flow.TooManyFields, "", "15 instead of 14")},
	"two lines in one":                   {"", ExampleV2 + "\n" + ExampleV2, Error(flow.TooManyFields, "", "28 instead of 14")},
	"an extra field and a bad one":       {"srcport dstport", "fifty 1 2", Error(flow.TooManyFields, "", "3 instead of 2")},
	"a port that is a word":              {"srcport dstport", "fifty 1", Error(flow.NotANumber, "srcport", "fifty")},
	"a port out of range":                {"srcport dstport", "1 65536", Error(flow.BadValue, "dstport", "65536")},
	"a negative port":                    {"srcport dstport", "-1 1", Error(flow.NotANumber, "srcport", "-1")},
	"a protocol out of range":            {"protocol", "256", Error(flow.BadValue, "protocol", "256")},
	"a protocol that is a name":          {"protocol", "tcp", Error(flow.NotANumber, "protocol", "tcp")},
	"flags out of range":                 {"tcp-flags", "256", Error(flow.BadValue, "tcp-flags", "256")},
	"packets that are not a number":      {"packets", "1e3", Error(flow.NotANumber, "packets", "1e3")},
	"bytes out of range":                 {"bytes", "9223372036854775808", Error(flow.BadValue, "bytes", "9223372036854775808")},
	"a version that is not a number":     {"version", "v2", Error(flow.NotANumber, "version", "v2")},
	"a start that is a date":             {"start", "2025-03-21T15:14:49Z", Error(flow.NotANumber, "start", "2025-03-21T15:14:49Z")},
	"an end in microseconds":             {"end", "1418530010000000", Error(flow.BadValue, "end", "1418530010000000")},
	"lost packets that are not a number": {"packets-lost-mtu-exceeded", "x", Error(flow.NotANumber, "packets-lost-mtu-exceeded", "x")},
	"a source that is not an address":    {"srcaddr", "10.0.0.555", Error(flow.BadAddress, "srcaddr", "10.0.0.555")},
	"a destination with a zone":          {"dstaddr", "fe80::1%eth0", Error(flow.BadAddress, "dstaddr", "fe80::1%eth0")},
	"a packet address that is a name":    {"srcaddr pkt-srcaddr", "10.0.0.1 localhost", Error(flow.BadAddress, "pkt-srcaddr", "localhost")},
	"an unknown action":                  {"action", "DROP", Error(flow.BadValue, "action", "DROP")},
	"an action in lower case":            {"action", "accept", Error(flow.BadValue, "action", "accept")},
	"an unknown status":                  {"log-status", "ACCEPT", Error(flow.BadValue, "log-status", "ACCEPT")},
	"an unknown direction":               {"flow-direction", "sideways", Error(flow.BadValue, "flow-direction", "sideways")},
	"a long value":                       {"srcaddr", strings.Repeat("x", 100), Error(flow.BadAddress, "srcaddr", strings.Repeat("x", 64))},
	"a line that is too long":            {"subnet-id", strings.Repeat("x", flow.MaxLine+1), Error(flow.TooLong, "", strings.Repeat("x", 64))},
	"a line that is not UTF-8":           {"subnet-id srcport", "caf\xe9 1", Error(flow.NotText, "", "caf? 1")},
}

// Hop is a line, whether it is a hop, and whether it names a gateway.
type Hop struct {
	Names, Line   string
	Want, Gateway bool
}

// The formats of Hops.
const (
	withInstance = "instance-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr"
	withType     = "srcaddr dstaddr interface-type"
)

// Hops contains lines from intermediate and other interfaces, by name.
var Hops = map[string]Hop{
	"no instance, a different source":           {withInstance, "- 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5", true, true},
	"no instance, a different destination":      {withInstance, "- 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5", true, true},
	"no instance, both different":               {withInstance, "- 10.0.0.8 10.0.0.9 10.0.1.5 203.0.113.5", true, true},
	"no instance, the packet's addresses":       {withInstance, "- 10.0.1.5 203.0.113.5 10.0.1.5 203.0.113.5", false, false},
	"no instance, absent packet addresses":      {withInstance, "- 10.0.1.5 203.0.113.5 - -", false, false},
	"no instance, absent interface addresses":   {withInstance, "- - - 10.0.1.5 203.0.113.5", false, false},
	"no instance, no packet addresses":          {"instance-id srcaddr dstaddr", "- 10.0.1.5 203.0.113.5", false, false},
	"an instance, a different source":           {withInstance, "i-01234567890123456 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5", false, false},
	"a format without instance-id":              {"srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5", false, false},
	"a NAT gateway":                             {withType, "10.0.1.5 203.0.113.5 nat_gateway", true, false},
	"a regional NAT gateway":                    {withType, "10.0.1.5 203.0.113.5 regional_nat_gateway", true, false},
	"a transit gateway":                         {withType, "10.0.1.5 203.0.113.5 transit_gateway", true, false},
	"an ordinary interface":                     {withType, "10.0.1.5 203.0.113.5 interface", false, false},
	"a load balancer":                           {withType, "10.0.1.5 203.0.113.5 network_load_balancer", false, false},
	"an absent interface type":                  {withType, "10.0.1.5 203.0.113.5 -", false, false},
	"a NAT gateway as the next hop":             {withType + " next-hop-interface-type", "10.0.1.5 203.0.113.5 interface nat_gateway", false, false},
	"a NAT gateway with an instance":            {"instance-id " + withType, "i-01234567890123456 10.0.1.5 203.0.113.5 nat_gateway", true, false},
	"an ordinary interface without an instance": {withInstance + " interface-type", "- 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5 interface", true, true},
	"a NAT gateway without an instance":         {withInstance + " interface-type", "- 10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5 nat_gateway", true, true},
}

// Error makes a LineError.
func Error(reason flow.Reason, field, value string) flow.LineError {
	return flow.LineError{Reason: reason, Field: field, Value: value}
}
