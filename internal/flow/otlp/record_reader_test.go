// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// testRecord is a log record with its resource and scope.
type testRecord struct {
	resource   map[string]any
	scope      map[string]any
	attributes map[string]any
	body       any
	time       pcommon.Timestamp
}

// logRecord makes the record.
func (m testRecord) logRecord(tb testing.TB) LogRecord {
	tb.Helper()
	record := LogRecord{Resource: pcommon.NewResource(), Scope: pcommon.NewInstrumentationScope(), LogRecord: plog.NewLogRecord()}
	require.NoError(tb, record.Resource.Attributes().FromRaw(m.resource))
	require.NoError(tb, record.Scope.Attributes().FromRaw(m.scope))
	require.NoError(tb, record.Attributes().FromRaw(m.attributes))
	require.NoError(tb, record.Body().FromRaw(m.body))
	record.SetTimestamp(m.time)
	return record
}

// read reads the record with a RecordReader.
func (m testRecord) read(tb testing.TB, reader *RecordReader, dst *flow.Flow) error {
	tb.Helper()
	return reader.Flow(m.logRecord(tb), dst)
}

func TestRecordReader(t *testing.T) {
	addr := netip.MustParseAddr
	v2 := flow.Flow{
		Time: 1418530010, Src: addr("172.31.16.139"), Dst: addr("172.31.16.21"), SrcPort: 20641, DstPort: 22,
		Protocol: 6, Action: flow.Accept, Packets: 20, Bytes: 4249, Account: "123456789010", Interface: "eni-1235b8ca123456789",
	}
	for name, test := range map[string]struct {
		format *flow.Format
		record testRecord
		want   flow.Flow
	}{
		"attributes of awslogs_encoding": {
			nil,
			testRecord{
				resource: map[string]any{"cloud.provider": "aws", "cloud.account.id": "123456789012", "cloud.region": "eu-west-1"},
				attributes: map[string]any{
					"aws.vpc.flow.log.version": 5, "network.interface.name": "eni-1", "source.address": "203.0.113.5", "destination.address": "10.0.1.5",
					"network.local.address": "10.0.0.220", "source.port": 443, "destination.port": 50000, "network.protocol.name": "udp",
					"aws.vpc.flow.packets": 7, "aws.vpc.flow.bytes": 700, "aws.vpc.flow.start": 1616729292, "aws.vpc.flow.action": "REJECT",
					"aws.vpc.flow.status": "OK", "aws.vpc.id": "vpc-1", "host.id": "i-1", "network.tcp.flags": "18", "network.io.direction": "transmit",
					"network.type": "ipv4", "aws.az.id": "euw1-az1",
				},
				time: 1616729349e9,
			},
			flow.Flow{
				Time: 1616729292, Src: addr("203.0.113.5"), Dst: addr("10.0.1.5"), Local: addr("10.0.0.220"), SrcPort: 443, DstPort: 50000,
				Protocol: 17, Flags: 18, FlagsLogged: true, Action: flow.Reject, Direction: flow.Egress, Packets: 7, Bytes: 700,
				Account: "123456789012", Region: "eu-west-1", VPC: "vpc-1", Interface: "eni-1", Instance: "i-1", Zone: "euw1-az1",
			},
		},
		"a start as text": {
			nil,
			testRecord{attributes: map[string]any{"aws.vpc.flow.start": "2025-03-21T15:14:49Z", "aws.vpc.flow.status": "NODATA"}, time: 1742570142e9},
			flow.Flow{Time: 1742570089, Status: flow.NoData},
		},
		"a start with an offset and a fraction": {
			nil, testRecord{attributes: map[string]any{"aws.vpc.flow.start": "2025-03-21T16:14:49.999+01:00"}}, flow.Flow{Time: 1742570089},
		},
		"a start in milliseconds":               {nil, testRecord{attributes: map[string]any{"aws.vpc.flow.start": 1742570089999}}, flow.Flow{Time: 1742570089}},
		"a start of zero":                       {nil, testRecord{attributes: map[string]any{"aws.vpc.flow.start": 0}, time: 5e9}, flow.Flow{}},
		"the timestamp if there is no start":    {nil, testRecord{attributes: map[string]any{"aws.vpc.flow.bytes": 1}, time: 1742570142999e6}, flow.Flow{Time: 1742570142, Bytes: 1}},
		"no time":                               {nil, testRecord{attributes: map[string]any{"aws.vpc.flow.bytes": 1}}, flow.Flow{Bytes: 1}},
		"a status without addresses":            {nil, testRecord{attributes: map[string]any{"aws.vpc.flow.status": "SKIPDATA"}}, flow.Flow{Status: flow.SkipData}},
		"a protocol number rather than a name":  {nil, testRecord{attributes: map[string]any{"source.address": "10.0.0.1", "network.protocol.number": 6, "network.protocol.name": "udp"}}, flow.Flow{Src: addr("10.0.0.1"), Protocol: 6}},
		"a name that is not an IP protocol":     {nil, testRecord{attributes: map[string]any{"source.address": "10.0.0.1", "network.protocol.name": "http"}}, flow.Flow{Src: addr("10.0.0.1")}},
		"numbers as text":                       {nil, testRecord{attributes: map[string]any{"source.address": "10.0.0.1", "source.port": "443", "aws.vpc.flow.bytes": "9"}}, flow.Flow{Src: addr("10.0.0.1"), SrcPort: 443, Bytes: 9}},
		"numeric flags":                         {nil, testRecord{attributes: map[string]any{"source.address": "10.0.0.1", "network.tcp.flags": 2}}, flow.Flow{Src: addr("10.0.0.1"), Flags: 2, FlagsLogged: true}},
		"a direction in the words of flow logs": {nil, testRecord{attributes: map[string]any{"source.address": "10.0.0.1", "network.io.direction": "ingress"}}, flow.Flow{Src: addr("10.0.0.1"), Direction: flow.Ingress}},
		"an IPv4-mapped address":                {nil, testRecord{attributes: map[string]any{"source.address": "::ffff:10.0.0.1"}}, flow.Flow{Src: addr("10.0.0.1")}},
		"two intermediate addresses": {
			nil,
			testRecord{attributes: map[string]any{"source.address": "10.0.0.1", "network.local.address": "10.0.0.8", "aws.vpc.flow.destination.intermediate_address": "10.0.0.9"}},
			flow.Flow{Src: addr("10.0.0.1"), Local: addr("10.0.0.8"), Intermediate: addr("10.0.0.9")},
		},
		"a Transit Gateway record": {
			nil, testRecord{resource: map[string]any{"cloud.account.id": "1"}, attributes: map[string]any{"aws.tgw.id": "tgw-1"}}, flow.Flow{Account: "1"},
		},
		"other attributes": {
			nil, testRecord{attributes: map[string]any{"source.address": "10.0.0.1", "log.file.name": "x.log", "service.name": "y"}}, flow.Flow{Src: addr("10.0.0.1")},
		},
		"attributes rather than the body": {
			flow.Default, testRecord{attributes: map[string]any{"source.address": "10.0.0.1"}, body: flowtest.ExampleV2}, flow.Flow{Src: addr("10.0.0.1")},
		},
		"few attributes of our decoder": {
			nil, testRecord{scope: map[string]any{"vpc_flow.format": "instance-id vpc-id"}, attributes: map[string]any{"host.id": "i-1"}}, flow.Flow{Instance: "i-1"},
		},
		"no attributes of our decoder":                      {nil, testRecord{scope: map[string]any{"vpc_flow.format": "instance-id"}}, flow.Flow{}},
		"a line in the body":                                {flow.Default, testRecord{body: flowtest.ExampleV2}, v2},
		"a line as bytes":                                   {flow.Default, testRecord{body: []byte(flowtest.ExampleV2)}, v2},
		"a line with a line end":                            {flow.Default, testRecord{body: flowtest.ExampleV2 + "\r\n"}, v2},
		"a line and attributes of its file":                 {flow.Default, testRecord{body: flowtest.ExampleV2, attributes: map[string]any{"log.file.name": "x.log", "host.id": "collector"}}, v2},
		"a line and an attribute with another meaning":      {flow.Default, testRecord{body: flowtest.ExampleV2, attributes: map[string]any{"network.io.direction": "both"}}, v2},
		"a line in the format of its scope":                 {nil, testRecord{scope: map[string]any{"vpc_flow.format": "bytes packets"}, body: "1 2"}, flow.Flow{Bytes: 1, Packets: 2}},
		"the scope's format rather than the configured one": {flow.Default, testRecord{scope: map[string]any{"vpc_flow.format": "bytes packets"}, body: "1 2"}, flow.Flow{Bytes: 1, Packets: 2}},
		"a line without a time":                             {flowtest.Format(t, "bytes"), testRecord{body: "1", time: 1742570142e9}, flow.Flow{Time: 1742570142, Bytes: 1}},
		"a line with an absent time":                        {flowtest.Format(t, "bytes start end"), testRecord{body: "1 - -", time: 1742570142e9}, flow.Flow{Time: 1742570142, Bytes: 1}},
		"a line with a start of zero":                       {flowtest.Format(t, "start"), testRecord{body: "0", time: 1742570142e9}, flow.Flow{}},
		"a line without account and region": {
			flowtest.Format(t, "bytes"), testRecord{resource: map[string]any{"cloud.account.id": "1", "cloud.region": "eu-west-1"}, body: "1"}, flow.Flow{Bytes: 1, Account: "1", Region: "eu-west-1"},
		},
		"the line's account rather than the resource's": {flowtest.Format(t, "account-id"), testRecord{resource: map[string]any{"cloud.account.id": "1"}, body: "2"}, flow.Flow{Account: "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got flow.Flow
			require.NoError(t, test.record.read(t, NewRecordReader(test.format), &got))
			assert.Equal(t, test.want, got)
		})
	}
}

func TestHopsFromAttributes(t *testing.T) {
	for name, test := range flowtest.Hops {
		t.Run(name, func(t *testing.T) {
			logs, counts := decodeAs(flowtest.Format(t, test.Names), []byte(test.Line))
			require.Equal(t, 1, counts.Records)
			records := recordsOf(t, logs)
			var got flow.Flow
			require.NoError(t, NewRecordReader(nil).Flow(records[0], &got))
			assert.Equal(t, test.Want, got.Hop)
			assert.Equal(t, test.Gateway, got.NamesGateway)
		})
	}
	t.Run("a record of another decoder", func(t *testing.T) {
		var got flow.Flow
		record := testRecord{attributes: map[string]any{"source.address": "10.0.0.1", "network.local.address": "10.0.0.220"}}
		require.NoError(t, record.read(t, NewRecordReader(nil), &got))
		assert.False(t, got.Hop)
	})
}

func TestRecordReaderErrors(t *testing.T) {
	with := func(key string, value any) testRecord {
		return testRecord{attributes: map[string]any{"aws.vpc.flow.packets": 1, key: value}}
	}
	for name, test := range map[string]struct {
		format *flow.Format
		record testRecord
		want   flow.LineError
	}{
		"an empty record":                               {flow.Default, testRecord{}, flow.LineError{Reason: flow.NotAFlow}},
		"an empty body":                                 {flow.Default, testRecord{body: ""}, flow.LineError{Reason: flow.NotAFlow}},
		"a blank body":                                  {flow.Default, testRecord{body: " \r\n"}, flow.LineError{Reason: flow.NotAFlow}},
		"a body that is a number":                       {flow.Default, testRecord{body: 5}, flow.LineError{Reason: flow.NotAFlow}},
		"a body that is a map":                          {flow.Default, testRecord{body: map[string]any{"message": "x"}}, flow.LineError{Reason: flow.NotAFlow}},
		"attributes that are not specific to flows":     {flow.Default, testRecord{attributes: map[string]any{"host.id": "i-1", "aws.vpc.id": "vpc-1", "network.interface.name": "eth0"}}, flow.LineError{Reason: flow.NotAFlow}},
		"bad attributes that are not specific to flows": {flow.Default, testRecord{attributes: map[string]any{"source.port": "https"}}, flow.LineError{Reason: flow.NotAFlow}},
		"a body that is not a flow log":                 {flow.Default, testRecord{body: "connection refused"}, flowtest.Error(flow.TooFewFields, "", "2 instead of 14")},
		"a header with a field twice":                   {flow.Default, testRecord{body: "bytes packets bytes"}, flowtest.Error(flow.BadHeader, "bytes", "in the format twice, as columns 1 and 3")},
		"a body without a known format":                 {nil, testRecord{body: "1 2"}, flowtest.Error(flow.NoFormat, "", "1 2")},
		"a scope with a bad format":                     {nil, testRecord{scope: map[string]any{"vpc_flow.format": "1 2"}, body: "1 2"}, flowtest.Error(flow.BadValue, "vpc_flow.format", "1 2")},
		"a host name as address":                        {nil, with("source.address", "host-1"), flowtest.Error(flow.BadAddress, "source.address", "host-1")},
		"an address with a zone":                        {nil, with("destination.address", "fe80::1%eth0"), flowtest.Error(flow.BadAddress, "destination.address", "fe80::1%eth0")},
		"an address that is a number":                   {nil, with("network.local.address", 5), flowtest.Error(flow.BadAddress, "network.local.address", "5")},
		"a port out of range":                           {nil, with("source.port", 65536), flowtest.Error(flow.BadValue, "source.port", "65536")},
		"a negative port":                               {nil, with("destination.port", -1), flowtest.Error(flow.BadValue, "destination.port", "-1")},
		"a port name":                                   {nil, with("destination.port", "https"), flowtest.Error(flow.NotANumber, "destination.port", "https")},
		"a protocol out of range":                       {nil, with("network.protocol.number", 256), flowtest.Error(flow.BadValue, "network.protocol.number", "256")},
		"flag names":                                    {nil, with("network.tcp.flags", "syn"), flowtest.Error(flow.NotANumber, "network.tcp.flags", "syn")},
		"negative bytes":                                {nil, with("aws.vpc.flow.bytes", -1), flowtest.Error(flow.BadValue, "aws.vpc.flow.bytes", "-1")},
		"an unknown action":                             {nil, with("aws.vpc.flow.action", "DROP"), flowtest.Error(flow.BadValue, "aws.vpc.flow.action", "DROP")},
		"an empty action":                               {nil, with("aws.vpc.flow.action", ""), flowtest.Error(flow.BadValue, "aws.vpc.flow.action", "")},
		"a start that is not a time":                    {nil, with("aws.vpc.flow.start", "yesterday"), flowtest.Error(flow.BadValue, "aws.vpc.flow.start", "yesterday")},
		"a start before 1970":                           {nil, with("aws.vpc.flow.start", "1969-12-31T23:59:59Z"), flowtest.Error(flow.BadValue, "aws.vpc.flow.start", "1969-12-31T23:59:59Z")},
		"a negative start":                              {nil, with("aws.vpc.flow.start", -1), flowtest.Error(flow.BadValue, "aws.vpc.flow.start", "-1")},
	} {
		t.Run(name, func(t *testing.T) {
			var (
				got flow.Flow
				bad *flow.LineError
			)
			require.ErrorAs(t, test.record.read(t, NewRecordReader(test.format), &got), &bad)
			assert.Equal(t, test.want, *bad)
		})
	}
}

func TestHeadersInBodies(t *testing.T) {
	file := func(name, body string) testRecord {
		return testRecord{resource: map[string]any{"log.file.name": name}, body: body}
	}
	reader := NewRecordReader(flowtest.Format(t, "srcport"))
	var got flow.Flow

	require.NoError(t, file("a", "1").read(t, reader, &got))
	require.ErrorIs(t, file("a", "bytes packets").read(t, reader, &got), ErrHeader)
	require.NoError(t, file("a", "1 2").read(t, reader, &got))
	assert.Equal(t, flow.Flow{Bytes: 1, Packets: 2}, got)

	require.NoError(t, file("b", "3").read(t, reader, &got), "the header was of another resource")
	assert.Equal(t, flow.Flow{SrcPort: 3}, got)

	require.NoError(t, file("a", "4 5").read(t, reader.Clone(), &got), "a clone uses the header")
	assert.Equal(t, flow.Flow{Bytes: 4, Packets: 5}, got)

	require.ErrorIs(t, file("a", "packets bytes\r\n").read(t, reader.Clone(), &got), ErrHeader)
	require.NoError(t, file("a", "6 7").read(t, reader, &got), "the reader uses the header of its clone")
	assert.Equal(t, flow.Flow{Packets: 6, Bytes: 7}, got)
}

func TestStreamFormatsAreBounded(t *testing.T) {
	reader := NewRecordReader(nil)
	var got flow.Flow
	for i := range 3 * maxStreams {
		record := testRecord{resource: map[string]any{"log.file.name": strings.Repeat("x", i)}, body: "bytes packets"}
		require.ErrorIs(t, record.read(t, reader, &got), ErrHeader)
		require.LessOrEqual(t, len(reader.streams.headers), maxStreams)
	}
}

func TestStreamsDoNotDependOnTheOrderOfAttributes(t *testing.T) {
	one, other := pcommon.NewMap(), pcommon.NewMap()
	one.PutStr("a", "1")
	one.PutStr("b", "2")
	other.PutStr("b", "2")
	other.PutStr("a", "1")
	swapped := pcommon.NewMap()
	swapped.PutStr("a", "2")
	swapped.PutStr("b", "1")

	s := newStreamFormats(nil)
	scope := pcommon.NewInstrumentationScope()
	assert.Equal(t, s.stream(one, scope), s.stream(other, scope))
	assert.NotEqual(t, s.stream(one, scope), s.stream(swapped, scope))
	assert.NotEqual(t, s.stream(one, scope), s.stream(pcommon.NewMap(), scope))
}

func TestRecordReaderDoesNotAllocate(t *testing.T) {
	for _, s := range flowtest.Examples(t) {
		logs, _ := decodeAs(s.Format, s.Block())
		records := recordsOf(t, logs)
		reader := NewRecordReader(nil)
		var got flow.Flow
		assert.Zero(t, testing.AllocsPerRun(20, func() {
			for _, record := range records {
				if err := reader.Flow(record, &got); err != nil {
					t.Error(err)
				}
			}
		}), "attributes of %s", s.Name)

		body := LogRecord{Resource: records[0].Resource, Scope: records[0].Scope, LogRecord: plog.NewLogRecord()}
		body.Body().SetStr(s.Line)
		assert.Zero(t, testing.AllocsPerRun(20, func() {
			if err := reader.Flow(body, &got); err != nil {
				t.Error(err)
			}
		}), "a body of %s", s.Name)
	}
}

func TestRecordReaderFollowsAChangeOfAttributes(t *testing.T) {
	reader := NewRecordReader(nil)
	var got flow.Flow
	for range 3 {
		require.NoError(t, testRecord{attributes: map[string]any{"source.address": "10.0.0.1"}}.read(t, reader, &got))
		assert.Equal(t, flow.Flow{Src: netip.MustParseAddr("10.0.0.1")}, got)
		require.NoError(t, testRecord{attributes: map[string]any{"destination.address": "10.0.0.2"}}.read(t, reader, &got))
		assert.Equal(t, flow.Flow{Dst: netip.MustParseAddr("10.0.0.2")}, got)
	}
	many := map[string]any{"source.address": "10.0.0.1"}
	for i := range 3 * len(reader.guesses) {
		many["other."+strings.Repeat("x", i)] = "y"
	}
	require.NoError(t, testRecord{attributes: many}.read(t, reader, &got))
	assert.Equal(t, flow.Flow{Src: netip.MustParseAddr("10.0.0.1")}, got)
}

func TestRecordReaderFormat(t *testing.T) {
	reader := NewRecordReader(flow.Default)
	attributes := map[string]any{"source.address": "10.0.0.5", "destination.address": "10.0.0.6"}
	for _, step := range []struct {
		name   string
		record testRecord
		want   string
	}{
		{"the format of the scope", testRecord{scope: map[string]any{"vpc_flow.format": "srcaddr dstaddr"}, attributes: attributes}, "srcaddr dstaddr"},
		{"a record that another component decoded", testRecord{attributes: attributes}, ""},
		{"the configured format of a line", testRecord{body: "2 1 eni-1 10.0.0.5 10.0.0.6 1 2 6 1 1 1736899200 1736899259 ACCEPT OK"}, flow.Default.String()},
		{"the format of the scope of a line", testRecord{scope: map[string]any{"vpc_flow.format": "srcaddr"}, body: "10.0.0.5"}, "srcaddr"},
	} {
		var f flow.Flow
		require.NoError(t, step.record.read(t, reader, &f), step.name)
		if step.want == "" {
			assert.Nil(t, reader.Format(), step.name)
		} else {
			assert.Equal(t, step.want, reader.Format().String(), step.name)
		}
	}
}
