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

// made is a log record that a test makes, with its resource and its scope.
type made struct {
	resource   map[string]any
	scope      map[string]any
	attributes map[string]any
	body       any
	time       pcommon.Timestamp
}

// read reads the record.
func (m made) read(tb testing.TB, reader *RecordReader, dst *flow.Flow) error {
	tb.Helper()
	record := LogRecord{pcommon.NewResource(), pcommon.NewInstrumentationScope(), plog.NewLogRecord()}
	require.NoError(tb, record.Resource.Attributes().FromRaw(m.resource))
	require.NoError(tb, record.Scope.Attributes().FromRaw(m.scope))
	require.NoError(tb, record.Attributes().FromRaw(m.attributes))
	require.NoError(tb, record.Body().FromRaw(m.body))
	record.SetTimestamp(m.time)
	return reader.Flow(record, dst)
}

func TestLogRecordsBecomeFlows(t *testing.T) {
	addr := netip.MustParseAddr
	v2 := flow.Flow{
		Time: 1418530010, Src: addr("172.31.16.139"), Dst: addr("172.31.16.21"), SrcPort: 20641, DstPort: 22,
		Protocol: 6, Action: flow.Accept, Packets: 20, Bytes: 4249, Account: "123456789010", Interface: "eni-1235b8ca123456789",
	}
	for name, test := range map[string]struct {
		format *flow.Format
		record made
		want   flow.Flow
	}{
		"the attributes of the awslogs_encoding extension": {
			nil,
			made{
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
				Protocol: 17, Flags: 18, Action: flow.Reject, Direction: flow.Egress, Packets: 7, Bytes: 700,
				Account: "123456789012", Region: "eu-west-1", VPC: "vpc-1", Interface: "eni-1", Instance: "i-1",
			},
		},
		"a start as ISO 8601 writes it": {
			nil,
			made{attributes: map[string]any{"aws.vpc.flow.start": "2025-03-21T15:14:49Z", "aws.vpc.flow.status": "NODATA"}, time: 1742570142e9},
			flow.Flow{Time: 1742570089, Status: flow.NoData},
		},
		"a start with an offset and a fraction": {
			nil, made{attributes: map[string]any{"aws.vpc.flow.start": "2025-03-21T16:14:49.999+01:00"}}, flow.Flow{Time: 1742570089},
		},
		"a start in milliseconds":           {nil, made{attributes: map[string]any{"aws.vpc.flow.start": 1742570089999}}, flow.Flow{Time: 1742570089}},
		"a start of zero is a start":        {nil, made{attributes: map[string]any{"aws.vpc.flow.start": 0}, time: 5e9}, flow.Flow{}},
		"the time stamp where no start is":  {nil, made{attributes: map[string]any{"aws.vpc.flow.bytes": 1}, time: 1742570142999e6}, flow.Flow{Time: 1742570142, Bytes: 1}},
		"no time at all":                    {nil, made{attributes: map[string]any{"aws.vpc.flow.bytes": 1}}, flow.Flow{Bytes: 1}},
		"a status without addresses":        {nil, made{attributes: map[string]any{"aws.vpc.flow.status": "SKIPDATA"}}, flow.Flow{Status: flow.SkipData}},
		"a number comes before a name":      {nil, made{attributes: map[string]any{"source.address": "10.0.0.1", "network.protocol.number": 6, "network.protocol.name": "udp"}}, flow.Flow{Src: addr("10.0.0.1"), Protocol: 6}},
		"a name that is no protocol of IP":  {nil, made{attributes: map[string]any{"source.address": "10.0.0.1", "network.protocol.name": "http"}}, flow.Flow{Src: addr("10.0.0.1")}},
		"numbers that are text":             {nil, made{attributes: map[string]any{"source.address": "10.0.0.1", "source.port": "443", "aws.vpc.flow.bytes": "9"}}, flow.Flow{Src: addr("10.0.0.1"), SrcPort: 443, Bytes: 9}},
		"flags that are a number":           {nil, made{attributes: map[string]any{"source.address": "10.0.0.1", "network.tcp.flags": 2}}, flow.Flow{Src: addr("10.0.0.1"), Flags: 2}},
		"a direction in the log's own word": {nil, made{attributes: map[string]any{"source.address": "10.0.0.1", "network.io.direction": "ingress"}}, flow.Flow{Src: addr("10.0.0.1"), Direction: flow.Ingress}},
		"IPv4-mapped is IPv4":               {nil, made{attributes: map[string]any{"source.address": "::ffff:10.0.0.1"}}, flow.Flow{Src: addr("10.0.0.1")}},
		"both middle addresses": {
			nil,
			made{attributes: map[string]any{"source.address": "10.0.0.1", "network.local.address": "10.0.0.8", "aws.vpc.flow.destination.intermediate_address": "10.0.0.9"}},
			flow.Flow{Src: addr("10.0.0.1"), Local: addr("10.0.0.8"), Intermediate: addr("10.0.0.9")},
		},
		"a Transit Gateway record": {
			nil, made{resource: map[string]any{"cloud.account.id": "1"}, attributes: map[string]any{"aws.tgw.id": "tgw-1"}}, flow.Flow{Account: "1"},
		},
		"other attributes do no harm": {
			nil, made{attributes: map[string]any{"source.address": "10.0.0.1", "log.file.name": "x.log", "service.name": "y"}}, flow.Flow{Src: addr("10.0.0.1")},
		},
		"attributes come before a body": {
			flow.Default, made{attributes: map[string]any{"source.address": "10.0.0.1"}, body: flowtest.ExampleV2}, flow.Flow{Src: addr("10.0.0.1")},
		},
		"our own decoder's attributes, few as they are": {
			nil, made{scope: map[string]any{"vpc_flow.format": "instance-id vpc-id"}, attributes: map[string]any{"host.id": "i-1"}}, flow.Flow{Instance: "i-1"},
		},
		"our own decoder's record without any":        {nil, made{scope: map[string]any{"vpc_flow.format": "instance-id"}}, flow.Flow{}},
		"a line in the body":                          {flow.Default, made{body: flowtest.ExampleV2}, v2},
		"a line of bytes":                             {flow.Default, made{body: []byte(flowtest.ExampleV2)}, v2},
		"a line with its line end":                    {flow.Default, made{body: flowtest.ExampleV2 + "\r\n"}, v2},
		"a line among attributes of a file":           {flow.Default, made{body: flowtest.ExampleV2, attributes: map[string]any{"log.file.name": "x.log", "host.id": "collector"}}, v2},
		"a line beside an attribute of another sense": {flow.Default, made{body: flowtest.ExampleV2, attributes: map[string]any{"network.io.direction": "both"}}, v2},
		"a line of the format of its scope":           {nil, made{scope: map[string]any{"vpc_flow.format": "bytes packets"}, body: "1 2"}, flow.Flow{Bytes: 1, Packets: 2}},
		"the scope's format comes first":              {flow.Default, made{scope: map[string]any{"vpc_flow.format": "bytes packets"}, body: "1 2"}, flow.Flow{Bytes: 1, Packets: 2}},
		"a line without a time":                       {flowtest.Format(t, "bytes"), made{body: "1", time: 1742570142e9}, flow.Flow{Time: 1742570142, Bytes: 1}},
		"a line with an absent time":                  {flowtest.Format(t, "bytes start end"), made{body: "1 - -", time: 1742570142e9}, flow.Flow{Time: 1742570142, Bytes: 1}},
		"a line with a start of zero":                 {flowtest.Format(t, "start"), made{body: "0", time: 1742570142e9}, flow.Flow{}},
		"a line without account and region": {
			flowtest.Format(t, "bytes"), made{resource: map[string]any{"cloud.account.id": "1", "cloud.region": "eu-west-1"}, body: "1"}, flow.Flow{Bytes: 1, Account: "1", Region: "eu-west-1"},
		},
		"a line's own account comes first": {flowtest.Format(t, "account-id"), made{resource: map[string]any{"cloud.account.id": "1"}, body: "2"}, flow.Flow{Account: "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got flow.Flow
			require.NoError(t, test.record.read(t, NewRecordReader(test.format), &got))
			assert.Equal(t, test.want, got)
		})
	}
}

func TestMiddleInterfacesAreHopsByTheirAttributesToo(t *testing.T) {
	for name, test := range flowtest.Hops {
		t.Run(name, func(t *testing.T) {
			logs, counts := decodeAs(flowtest.Format(t, test.Names), []byte(test.Line))
			require.Equal(t, 1, counts.Records)
			records := only(t, logs)
			var got flow.Flow
			require.NoError(t, NewRecordReader(nil).Flow(records[0], &got))
			assert.Equal(t, test.Want, got.Hop)
		})
	}
	t.Run("a record of another decoder, whose format is not known", func(t *testing.T) {
		var got flow.Flow
		record := made{attributes: map[string]any{"source.address": "10.0.0.1", "network.local.address": "10.0.0.220"}}
		require.NoError(t, record.read(t, NewRecordReader(nil), &got))
		assert.False(t, got.Hop)
	})
}

func TestOtherLogRecordsSayWhatIsWrong(t *testing.T) {
	with := func(key string, value any) made {
		return made{attributes: map[string]any{"aws.vpc.flow.packets": 1, key: value}}
	}
	for name, test := range map[string]struct {
		format *flow.Format
		record made
		want   flow.LineError
	}{
		"an empty record":                      {flow.Default, made{}, flow.LineError{Reason: flow.NotAFlow}},
		"an empty body":                        {flow.Default, made{body: ""}, flow.LineError{Reason: flow.NotAFlow}},
		"a blank body":                         {flow.Default, made{body: " \r\n"}, flow.LineError{Reason: flow.NotAFlow}},
		"a body that is a number":              {flow.Default, made{body: 5}, flow.LineError{Reason: flow.NotAFlow}},
		"a body that is a map":                 {flow.Default, made{body: map[string]any{"message": "x"}}, flow.LineError{Reason: flow.NotAFlow}},
		"attributes of something else":         {flow.Default, made{attributes: map[string]any{"host.id": "i-1", "aws.vpc.id": "vpc-1", "network.interface.name": "eth0"}}, flow.LineError{Reason: flow.NotAFlow}},
		"such attributes that are wrong":       {flow.Default, made{attributes: map[string]any{"source.port": "https"}}, flow.LineError{Reason: flow.NotAFlow}},
		"a body that is no line of the format": {flow.Default, made{body: "connection refused"}, flowtest.Error(flow.TooFewFields, "", "2 instead of 14")},
		"a body of which no format is known":   {nil, made{body: "1 2"}, flowtest.Error(flow.NoFormat, "", "1 2")},
		"a scope with a wrong format":          {nil, made{scope: map[string]any{"vpc_flow.format": "1 2"}, body: "1 2"}, flowtest.Error(flow.BadValue, "vpc_flow.format", "1 2")},
		"an address that is none":              {nil, with("source.address", "host-1"), flowtest.Error(flow.BadAddress, "source.address", "host-1")},
		"an address with a zone":               {nil, with("destination.address", "fe80::1%eth0"), flowtest.Error(flow.BadAddress, "destination.address", "fe80::1%eth0")},
		"an address that is a number":          {nil, with("network.local.address", 5), flowtest.Error(flow.BadAddress, "network.local.address", "5")},
		"a port that is too great":             {nil, with("source.port", 65536), flowtest.Error(flow.BadValue, "source.port", "65536")},
		"a port that is negative":              {nil, with("destination.port", -1), flowtest.Error(flow.BadValue, "destination.port", "-1")},
		"a port that is a name":                {nil, with("destination.port", "https"), flowtest.Error(flow.NotANumber, "destination.port", "https")},
		"a protocol that is too great":         {nil, with("network.protocol.number", 256), flowtest.Error(flow.BadValue, "network.protocol.number", "256")},
		"flags that are names":                 {nil, with("network.tcp.flags", "syn"), flowtest.Error(flow.NotANumber, "network.tcp.flags", "syn")},
		"bytes that are negative":              {nil, with("aws.vpc.flow.bytes", -1), flowtest.Error(flow.BadValue, "aws.vpc.flow.bytes", "-1")},
		"an action that is none":               {nil, with("aws.vpc.flow.action", "DROP"), flowtest.Error(flow.BadValue, "aws.vpc.flow.action", "DROP")},
		"an empty action":                      {nil, with("aws.vpc.flow.action", ""), flowtest.Error(flow.BadValue, "aws.vpc.flow.action", "")},
		"a start that is no time":              {nil, with("aws.vpc.flow.start", "yesterday"), flowtest.Error(flow.BadValue, "aws.vpc.flow.start", "yesterday")},
		"a start before 1970":                  {nil, with("aws.vpc.flow.start", "1969-12-31T23:59:59Z"), flowtest.Error(flow.BadValue, "aws.vpc.flow.start", "1969-12-31T23:59:59Z")},
		"a start that is negative":             {nil, with("aws.vpc.flow.start", -1), flowtest.Error(flow.BadValue, "aws.vpc.flow.start", "-1")},
	} {
		t.Run(name, func(t *testing.T) {
			var (
				got   flow.Flow
				fault *flow.LineError
			)
			require.ErrorAs(t, test.record.read(t, NewRecordReader(test.format), &got), &fault)
			assert.Equal(t, test.want, *fault)
		})
	}
}

func TestHeadersInBodiesGiveTheFormatOfWhatFollows(t *testing.T) {
	file := func(name, body string) made { return made{resource: map[string]any{"log.file.name": name}, body: body} }
	reader := NewRecordReader(flowtest.Format(t, "srcport"))
	var got flow.Flow

	require.NoError(t, file("a", "1").read(t, reader, &got))
	require.ErrorIs(t, file("a", "bytes packets").read(t, reader, &got), ErrHeader)
	require.NoError(t, file("a", "1 2").read(t, reader, &got))
	assert.Equal(t, flow.Flow{Bytes: 1, Packets: 2}, got)

	require.NoError(t, file("b", "3").read(t, reader, &got), "another resource has had no header")
	assert.Equal(t, flow.Flow{SrcPort: 3}, got)

	require.NoError(t, file("a", "4 5").read(t, reader.Clone(), &got), "a clone knows of it")
	assert.Equal(t, flow.Flow{Bytes: 4, Packets: 5}, got)

	require.ErrorIs(t, file("a", "packets bytes\r\n").read(t, reader.Clone(), &got), ErrHeader)
	require.NoError(t, file("a", "6 7").read(t, reader, &got), "and what a clone learns is known to all")
	assert.Equal(t, flow.Flow{Packets: 6, Bytes: 7}, got)
}

func TestStreamsThatAreRememberedAreBounded(t *testing.T) {
	reader := NewRecordReader(nil)
	var got flow.Flow
	for i := range 3 * maxStreams {
		record := made{resource: map[string]any{"log.file.name": strings.Repeat("x", i)}, body: "bytes packets"}
		require.ErrorIs(t, record.read(t, reader, &got), ErrHeader)
		require.LessOrEqual(t, len(reader.streams.headers), maxStreams)
	}
}

func TestTheOrderOfAResourcesAttributesSaysNothing(t *testing.T) {
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

func TestReadingRecordsAllocatesNothing(t *testing.T) {
	for _, s := range flowtest.Examples(t) {
		logs, _ := decodeAs(s.Format, s.Block())
		records := only(t, logs)
		reader := NewRecordReader(nil)
		var got flow.Flow
		assert.Zero(t, testing.AllocsPerRun(20, func() {
			for _, record := range records {
				if err := reader.Flow(record, &got); err != nil {
					t.Error(err)
				}
			}
		}), "attributes of %s", s.Name)

		body := LogRecord{records[0].Resource, records[0].Scope, plog.NewLogRecord()}
		body.Body().SetStr(s.Line)
		assert.Zero(t, testing.AllocsPerRun(20, func() {
			if err := reader.Flow(body, &got); err != nil {
				t.Error(err)
			}
		}), "a body of %s", s.Name)
	}
}

func TestReadersFollowAChangeOfAttributes(t *testing.T) {
	reader := NewRecordReader(nil)
	var got flow.Flow
	for range 3 {
		require.NoError(t, made{attributes: map[string]any{"source.address": "10.0.0.1"}}.read(t, reader, &got))
		assert.Equal(t, flow.Flow{Src: netip.MustParseAddr("10.0.0.1")}, got)
		require.NoError(t, made{attributes: map[string]any{"destination.address": "10.0.0.2"}}.read(t, reader, &got))
		assert.Equal(t, flow.Flow{Dst: netip.MustParseAddr("10.0.0.2")}, got)
	}
	many := map[string]any{"source.address": "10.0.0.1"}
	for i := range 3 * len(reader.guesses) {
		many["other."+strings.Repeat("x", i)] = "y"
	}
	require.NoError(t, made{attributes: many}.read(t, reader, &got))
	assert.Equal(t, flow.Flow{Src: netip.MustParseAddr("10.0.0.1")}, got)
}

func TestReadersTellTheFormatOfTheLastRecord(t *testing.T) {
	reader := NewRecordReader(flow.Default)
	attributes := map[string]any{"source.address": "10.0.0.5", "destination.address": "10.0.0.6"}
	for _, step := range []struct {
		name   string
		record made
		want   string
	}{
		{"that of the scope", made{scope: map[string]any{"vpc_flow.format": "srcaddr dstaddr"}, attributes: attributes}, "srcaddr dstaddr"},
		{"none of a record that another component decoded", made{attributes: attributes}, ""},
		{"the configured one of a line", made{body: "2 1 eni-1 10.0.0.5 10.0.0.6 1 2 6 1 1 1736899200 1736899259 ACCEPT OK"}, flow.Default.String()},
		{"that of the scope of a line", made{scope: map[string]any{"vpc_flow.format": "srcaddr"}, body: "10.0.0.5"}, "srcaddr"},
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
