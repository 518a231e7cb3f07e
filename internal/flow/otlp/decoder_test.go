// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/plogtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

var update = flag.Bool("update", false, "update the golden files")

// observed is the observed time of all records.
const observed pcommon.Timestamp = 1750000000e9

var testScope = Scope{Name: "github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver", Version: "1.2.3"}

func TestGoldenRecords(t *testing.T) {
	for _, file := range flowtest.SampleFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".log"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			logs, counts := decodeAs(flow.TransitGateway, data)
			assert.Equal(t, logs.LogRecordCount(), counts.Records)

			path := filepath.Join("testdata", "golden", strings.TrimSuffix(filepath.Base(file), ".log")+".yaml")
			if *update {
				require.NoError(t, golden.WriteLogsToFile(path, logs))
			}
			want, err := golden.ReadLogs(path)
			require.NoError(t, err)
			require.NoError(t, plogtest.CompareLogs(want, logs))
		})
	}
}

func TestExamplesOfTheUserGuide(t *testing.T) {
	records := map[string]int{"default": 7, "tcp_flags": 8, "nat_gateway": 6, "transit_gateway": 4, "aws_services": 2, "interface_type": 1}
	for name, want := range records {
		data, err := os.ReadFile("../../../testdata/aws/" + name + ".log")
		require.NoError(t, err)
		_, counts := decodeAs(nil, data)
		assert.Equal(t, flow.Counts{Records: want, Headers: 1}, counts, name)
	}
}

// decode decodes text without a configured format.
func decode(text string) (plog.Logs, flow.Counts) {
	return decodeAs(nil, []byte(text))
}

// decodeAs decodes a block in a format.
func decodeAs(format *flow.Format, block []byte) (plog.Logs, flow.Counts) {
	logs, counts, _ := Decoder{Scope: testScope}.Decode(format, "", block, observed)
	return logs, counts
}

// recordsOf returns the records of logs, and checks that they have one resource and one scope.
func recordsOf(tb testing.TB, logs plog.Logs) (records []LogRecord) {
	tb.Helper()
	require.Equal(tb, 1, logs.ResourceLogs().Len())
	require.Equal(tb, 1, logs.ResourceLogs().At(0).ScopeLogs().Len())
	return slices.Collect(All(logs))
}

func TestRecordTimes(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		want pcommon.Timestamp
	}{
		"the end in seconds":      {"1418530070", 1418530070e9},
		"the end in milliseconds": {"1418530070123", 1418530070123e6},
		"no end":                  {"-", 0},
	} {
		t.Run(name, func(t *testing.T) {
			logs, counts := decode("end srcport\n" + test.line + " 1\n")
			require.Equal(t, 1, counts.Records)
			records := recordsOf(t, logs)
			assert.Equal(t, test.want, records[0].Timestamp())
			assert.Equal(t, observed, records[0].ObservedTimestamp())
			assert.Equal(t, pcommon.ValueTypeEmpty, records[0].Body().Type())
		})
	}
}

func TestAttributes(t *testing.T) {
	for name, test := range map[string]struct {
		names, line string
		want        map[string]any
	}{
		"a start in milliseconds":           {"start", "1616729292999", map[string]any{"aws.vpc.flow.start": int64(1616729292)}},
		"a protocol with a name":            {"protocol", "6", map[string]any{"network.protocol.name": "tcp", "network.protocol.number": int64(6)}},
		"a protocol without a name":         {"protocol", "253", map[string]any{"network.protocol.number": int64(253)}},
		"flags":                             {"tcp-flags", "19", map[string]any{"network.tcp.flags": "19"}},
		"ingress":                           {"flow-direction", "ingress", map[string]any{"network.io.direction": "receive"}},
		"egress":                            {"flow-direction", "egress", map[string]any{"network.io.direction": "transmit"}},
		"a type":                            {"type", "EFA", map[string]any{"network.type": "efa"}},
		"an encoded tag":                    {"instance-tag", "caf%C3%A9%20au%20lait", map[string]any{"aws.vpc.flow.instance_tag": "café au lait"}},
		"a plus in a tag":                   {"asg-tag-2", "a+b", map[string]any{"aws.vpc.flow.asg_tag_2": "a+b"}},
		"a tag with an invalid escape":      {"interface-tag", "50%", map[string]any{"aws.vpc.flow.interface_tag": "50%"}},
		"a tag that is not UTF-8":           {"interface-tag", "%FF", map[string]any{"aws.vpc.flow.interface_tag": "%FF"}},
		"an encryption status":              {"encryption-status", "0", map[string]any{"aws.vpc.flow.encryption_status": int64(0)}},
		"a traffic path":                    {"traffic-path", "8", map[string]any{"aws.vpc.flow.traffic_path": "8"}},
		"an unknown field":                  {"version new_field", "12 x", map[string]any{"aws.vpc.flow.log.version": int64(12), "aws.vpc.flow.field.new-field": "x"}},
		"absent values":                     {"srcport dstport", "- 1", map[string]any{"destination.port": int64(1)}},
		"an address in an unusual spelling": {"srcaddr", "2001:DB8::0:1", map[string]any{"source.address": "2001:DB8::0:1"}},
		"two intermediate addresses": {
			"srcaddr dstaddr pkt-srcaddr pkt-dstaddr", "10.0.0.8 10.0.0.9 10.0.0.1 10.0.0.2",
			map[string]any{"source.address": "10.0.0.1", "destination.address": "10.0.0.2", "network.local.address": "10.0.0.8", "aws.vpc.flow.destination.intermediate_address": "10.0.0.9"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			logs, counts := decodeAs(flowtest.Format(t, test.names), []byte(test.line))
			require.Equal(t, 1, counts.Records)
			records := recordsOf(t, logs)
			assert.Equal(t, test.want, records[0].Attributes().AsRaw())
		})
	}
}

func TestBadLinesDoNotAffectOtherLines(t *testing.T) {
	for name, test := range flowtest.BadLines {
		t.Run(name, func(t *testing.T) {
			if flow.Trim(test.Line) == "" || strings.Contains(test.Line, "\n") {
				t.Skip("not one line of a block")
			}
			names := test.Names
			if names == "" {
				names = flow.Default.String()
			}
			good := strings.Repeat("- ", len(strings.Fields(names)))
			logs, counts := decode(names + "\n" + good + "\n\n" + test.Line + "\n" + test.Line + "\r\n" + good)
			assert.Equal(t, flow.Counts{Records: 2, Headers: 1, Bad: map[flow.Reason]int{test.Want.Reason: 2}, FirstBad: &test.Want, FirstBadLine: 4}, counts)
			assert.Equal(t, 2, logs.LogRecordCount())
		})
	}
}

func TestLinesBeforeTheFirstHeader(t *testing.T) {
	logs, counts := decode(flowtest.ExampleV2 + "\n" + flow.Default.String() + "\n" + flowtest.ExampleV2)
	assert.Equal(t, 1, logs.LogRecordCount())
	assert.Equal(t, map[flow.Reason]int{flow.NoFormat: 1}, counts.Bad)
	assert.Equal(t, flowtest.Error(flow.NoFormat, "", flowtest.ExampleV2[:64]), *counts.FirstBad)
	assert.Equal(t, 1, counts.FirstBadLine)
}

func TestDecodeReturnsTheFormatForTheNextBlock(t *testing.T) {
	var format *flow.Format
	for _, step := range []struct {
		block string
		want  flow.Counts
		next  string
	}{
		{"srcport dstport\n1 2\n", flow.Counts{Records: 1, Headers: 1}, "srcport dstport"},
		{"3 4\n", flow.Counts{Records: 1}, "srcport dstport"},
		{"5 6\nsrcport\n7\n", flow.Counts{Records: 2, Headers: 1}, "srcport"},
		{"8\n", flow.Counts{Records: 1}, "srcport"},
	} {
		_, counts, next := Decoder{Scope: testScope}.Decode(format, "", []byte(step.block), observed)
		assert.Equal(t, step.want, counts)
		assert.Equal(t, step.next, next.String())
		format = next
	}
	_, _, next := Decoder{}.Decode(nil, "", []byte("1 2\n"), observed)
	assert.Nil(t, next, "the block has no header")
}

func TestDecodeIsRepeatable(t *testing.T) {
	block := []byte("1 2\nsrcport\n7\nbad\n8\n")
	format := flowtest.Format(t, "srcport dstport")
	want, counts, next := Decoder{Scope: testScope}.Decode(format, "1", block, observed)
	for range 3 {
		logs, again, nextAgain := Decoder{Scope: testScope}.Decode(format, "1", block, observed)
		require.NoError(t, plogtest.CompareLogs(want, logs))
		assert.Equal(t, counts, again)
		assert.Equal(t, next.String(), nextAgain.String())
	}
}

func TestUnknownFieldsOfHeadersAreReported(t *testing.T) {
	_, counts := decode("version new-a\n2 x\nversion srcport new-b new-c\n2 1 x y\nversion new-a\n2 x\n")
	assert.Equal(t, flow.Counts{Records: 3, Headers: 3, Unknown: []string{"new-a", "new-b", "new-c"}}, counts, "each name is listed once")
	_, counts = decodeAs(flowtest.Format(t, "version new-a"), []byte("version new-a\n2 x\n"))
	assert.Equal(t, flow.Counts{Records: 1, Headers: 1}, counts, "the format had the field before")
}

func TestRecordsAreInTheOrderOfTheLines(t *testing.T) {
	logs, counts := decode(strings.Join([]string{
		"account-id region srcport", "1 eu-west-1 10", "1 eu-west-1 11", "2 eu-west-1 20", "1 us-east-1 30", "1 eu-west-1 12", "- - 40",
		"account-id srcport region", "2 21 eu-west-1", "account_id region srcport", "2 eu-west-1 22",
	}, "\n"))
	assert.Equal(t, 8, counts.Records)

	type place struct {
		account, region, format string
		port                    int64
	}
	var places []place
	for _, resourceLogs := range logs.ResourceLogs().All() {
		resource := resourceLogs.Resource().Attributes()
		assert.Equal(t, "aws", textOf(resource, "cloud.provider"))
		for _, scopeLogs := range resourceLogs.ScopeLogs().All() {
			assert.Equal(t, testScope.Name, scopeLogs.Scope().Name())
			assert.Equal(t, testScope.Version, scopeLogs.Scope().Version())
			for _, record := range scopeLogs.LogRecords().All() {
				port, _ := record.Attributes().Get("source.port")
				format := textOf(scopeLogs.Scope().Attributes(), "vpc_flow.format")
				places = append(places, place{textOf(resource, "cloud.account.id"), textOf(resource, "cloud.region"), format, port.Int()})
			}
		}
	}
	const first, second = "account-id region srcport", "account-id srcport region"
	assert.Equal(t, []place{
		{"1", "eu-west-1", first, 10},
		{"1", "eu-west-1", first, 11},
		{"2", "eu-west-1", first, 20},
		{"1", "us-east-1", first, 30},
		{"1", "eu-west-1", first, 12},
		{"", "", first, 40},
		{"2", "eu-west-1", second, 21},
		{"2", "eu-west-1", first, 22},
	}, places)
	assert.Equal(t, 6, logs.ResourceLogs().Len(), "adjacent records of an account and region share a resource")
}

func TestRecordsOfDifferentBlocksAreSeparate(t *testing.T) {
	first, _ := decodeAs(flow.Default, []byte(flowtest.ExampleV2))
	second, _ := decodeAs(flow.Default, []byte(strings.Replace(flowtest.ExampleV2, "20641", "4711", 1)))
	assert.Equal(t, 1, first.LogRecordCount())
	assert.Equal(t, 1, second.LogRecordCount())
	records := recordsOf(t, first)
	port, _ := records[0].Attributes().Get("source.port")
	assert.EqualValues(t, 20641, port.Int())
}

func TestBlockCanBeReused(t *testing.T) {
	block := []byte(flowtest.ExampleV2)
	logs, _ := decodeAs(flow.Default, block)
	clear(block)
	records := recordsOf(t, logs)
	assert.Equal(t, "172.31.16.139", textOf(records[0].Attributes(), "source.address"))
}

func TestBlocksWithoutRecords(t *testing.T) {
	for name, test := range map[string]struct {
		block string
		want  flow.Counts
	}{
		"an empty block":          {"", flow.Counts{}},
		"blank lines":             {"\n\r\n  \n", flow.Counts{}},
		"a byte order mark":       {"\ufeff", flow.Counts{}},
		"a header only":           {flow.Default.String(), flow.Counts{Headers: 1}},
		"a header with a newline": {flow.Default.String() + "\r\n", flow.Counts{Headers: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			logs, counts := decode(test.block)
			assert.Zero(t, logs.LogRecordCount())
			assert.Equal(t, test.want, counts)
		})
	}
}

func TestDecodeAllocatesNoUnusedMemory(t *testing.T) {
	// The record, its list of attributes, and each of the thirteen values are one allocation each.
	const perRecord = 15
	block := []byte(strings.Repeat(flowtest.ExampleV2+"\n", 100))
	few := testing.AllocsPerRun(20, func() { decodeAs(flow.Default, block[:len(block)/2]) })
	many := testing.AllocsPerRun(20, func() { decodeAs(flow.Default, block) })
	assert.InDelta(t, perRecord*50, many-few, 5)
}

func TestAccountOfLinesWithoutAccount(t *testing.T) {
	for name, test := range map[string]struct {
		names, line, want string
	}{
		"not in the format": {"srcport dstport", "1 2", "999"},
		"absent":            {"account-id srcport", "- 2", "999"},
		"in the line":       {"account-id srcport", "123456789012 2", "123456789012"},
	} {
		for _, emit := range []Emit{EmitAttributes, EmitLines, EmitBlocks} {
			t.Run(name, func(t *testing.T) {
				decoder := Decoder{Emit: emit}
				logs, _, _ := decoder.Decode(flowtest.Format(t, test.names), "999", []byte(test.line), observed)
				var got flow.Flow
				require.NoError(t, NewRecordReader(nil).Flow(recordsOf(t, logs)[0], &got))
				assert.Equal(t, test.want, got.Account)
				logs, _, _ = decoder.Decode(flowtest.Format(t, "srcport dstport"), "", []byte("1 2"), observed)
				assert.NotEqual(t, "999", textOf(recordsOf(t, logs)[0].Resource.Attributes(), keyAccount), "the next block has no account")
			})
		}
	}
}

func TestExportTimestampsAreRemoved(t *testing.T) {
	const at = "2015-05-20T15:43:54.000Z "
	want, _ := decodeAs(flow.Default, []byte(strings.Repeat(flowtest.ExampleV2+"\n", 2)))
	got, counts := decodeAs(flow.Default, []byte(at+flowtest.ExampleV2+"\n"+at+flowtest.ExampleV2))
	assert.Equal(t, flow.Counts{Records: 2}, counts)
	assert.Equal(t, want, got)
	_, counts = decodeAs(flow.Default, []byte(at+flowtest.ExampleV2+"\n"+at+"\n"))
	assert.Equal(t, 1, counts.Bad[flow.TooFewFields], "a timestamp without a record")
	got, _, _ = Decoder{Emit: EmitLines}.Decode(flow.Default, "", []byte(at+flowtest.ExampleV2), observed)
	assert.Equal(t, flowtest.ExampleV2, recordsOf(t, got)[0].Body().Str())
}

func TestDecoderIsSafeForConcurrentUse(t *testing.T) {
	decoder := Decoder{Scope: testScope}
	var group sync.WaitGroup
	for _, e := range flowtest.Examples(t) {
		block := e.Block()
		want, _, _ := decoder.Decode(e.Format, "1", block, observed)
		for range 4 {
			group.Go(func() {
				for range 5 {
					got, counts, next := decoder.Decode(e.Format, "1", block, observed)
					assert.Equal(t, flow.Counts{Records: flowtest.BlockRecords}, counts)
					assert.Equal(t, e.Format.String(), next.String())
					assert.Equal(t, want, got)
				}
			})
		}
	}
	group.Wait()
}
