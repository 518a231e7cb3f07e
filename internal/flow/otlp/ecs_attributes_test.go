// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"maps"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

const (
	ecsLine = "2021-12-20T11:34:26.000Z 5 123456789012 eni-1 10.0.0.220 10.0.1.5 50041 443 17 52 1064 1640000066 1640000297 REJECT OK vpc-1 subnet-1 " +
		"i-1 1 IPv4 203.0.113.5 10.0.1.5 us-east-1 use1-az5 - - AMAZON - egress 1"
	ecsFormat = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id " +
		"instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service " +
		"flow-direction traffic-path"
)

// ecsRecord is ecsLine as a record of Elastic's AWS integration, with the attributes that it adds.
var ecsRecord = map[string]any{
	"aws.vpcflow.account_id": "123456789012", "aws.vpcflow.action": "REJECT", "aws.vpcflow.instance_id": "i-1", "aws.vpcflow.interface_id": "eni-1",
	"aws.vpcflow.log_status": "OK", "aws.vpcflow.pkt_dstaddr": "10.0.1.5", "aws.vpcflow.pkt_srcaddr": "203.0.113.5", "aws.vpcflow.subnet_id": "subnet-1",
	"aws.vpcflow.tcp_flags": "1", "aws.vpcflow.tcp_flags_array": []any{"fin"}, "aws.vpcflow.type": "IPv4", "aws.vpcflow.version": "5",
	"aws.vpcflow.vpc_id": "vpc-1", "aws.vpcflow.traffic_path": "1", "cloud.account.id": "123456789012", "cloud.availability_zone": "use1-az5",
	"cloud.instance.id": "i-1", "cloud.provider": "aws", "cloud.region": "us-east-1", "destination.address": "10.0.1.5", "destination.ip": "10.0.1.5",
	"destination.port": 443, "event.category": []any{"network"}, "event.end": "2021-12-20T11:38:17.000Z", "event.kind": "event",
	"event.outcome": "failure", "event.start": "2021-12-20T11:34:26.000Z", "event.type": []any{"connection"}, "network.bytes": 1064,
	"network.community_id": "1:x", "network.direction": "egress", "network.iana_number": "17", "network.packets": 52, "network.transport": "udp",
	"network.type": "ipv4", "source.address": "10.0.0.220", "source.ip": "10.0.0.220", "source.bytes": 1064, "source.packets": 52, "source.port": 50041,
}

func TestFlowsAgreeForAllConventions(t *testing.T) {
	logs, counts := decodeAs(flowtest.Format(t, ecsFormat), []byte(ecsLine))
	require.Equal(t, 1, counts.Records)
	records := recordsOf(t, logs)
	var want flow.Flow
	require.NoError(t, NewRecordReader(nil).Flow(records[0], &want))
	require.True(t, want.Local.IsValid())

	contrib := map[string]any{
		"aws.vpc.flow.log.version": 5, "network.interface.name": "eni-1", "source.address": "203.0.113.5", "network.local.address": "10.0.0.220",
		"destination.address": "10.0.1.5", "source.port": 50041, "destination.port": 443, "network.protocol.name": "udp", "aws.vpc.flow.packets": 52,
		"aws.vpc.flow.bytes": 1064, "aws.vpc.flow.start": 1640000066, "aws.vpc.flow.action": "REJECT", "aws.vpc.flow.status": "OK", "aws.vpc.id": "vpc-1",
		"aws.vpc.subnet.id": "subnet-1", "host.id": "i-1", "network.tcp.flags": "1", "network.type": "ipv4", "aws.az.id": "use1-az5",
		"aws.vpc.flow.source.service": "AMAZON", "network.io.direction": "transmit", "aws.vpc.flow.traffic_path": "1",
	}
	original := map[string]any{
		"aws.vpcflow.account_id": "123456789012", "aws.vpcflow.interface_id": "eni-1", "aws.vpcflow.srcaddr": "10.0.0.220", "aws.vpcflow.dstaddr": "10.0.1.5",
		"aws.vpcflow.srcport": 50041, "aws.vpcflow.dstport": 443, "aws.vpcflow.protocol": 17, "aws.vpcflow.packets": 52, "aws.vpcflow.bytes": 1064,
		"aws.vpcflow.start": 1640000066, "aws.vpcflow.end": 1640000297, "aws.vpcflow.action": "REJECT", "aws.vpcflow.log_status": "OK",
		"aws.vpcflow.vpc_id": "vpc-1", "aws.vpcflow.instance_id": "i-1", "aws.vpcflow.tcp_flags": 1, "aws.vpcflow.pkt_srcaddr": "203.0.113.5",
		"aws.vpcflow.pkt_dstaddr": "10.0.1.5", "aws.vpcflow.region": "us-east-1", "aws.vpcflow.flow_direction": "egress",
		"aws.vpcflow.subnet_id": "subnet-1", "aws.vpcflow.az_id": "use1-az5",
	}
	cloud := map[string]any{"cloud.account.id": "123456789012", "cloud.region": "us-east-1"}
	for name, record := range map[string]testRecord{
		"awslogs_encoding":                                 {attributes: contrib, resource: cloud},
		"awslogs_encoding, with a start as text":           {attributes: with(contrib, "aws.vpc.flow.start", "2021-12-20T11:34:26Z"), resource: cloud},
		"Elastic":                                          {attributes: ecsRecord},
		"Elastic, with a numeric protocol":                 {attributes: with(ecsRecord, "network.iana_number", 17)},
		"Elastic, with a protocol name only":               {attributes: with(ecsRecord, "network.iana_number", nil)},
		"Elastic, with numbers as floats":                  {attributes: with(with(ecsRecord, "source.port", 50041.0), "network.iana_number", 17.0)},
		"Elastic, with a start in milliseconds":            {attributes: with(ecsRecord, "event.start", 1640000066123)},
		"Elastic, with the action of the event":            {attributes: with(with(ecsRecord, "aws.vpcflow.action", nil), "event.action", "reject")},
		"Elastic, without source.bytes and source.packets": {attributes: with(with(ecsRecord, "source.bytes", nil), "source.packets", nil)},
		"Elastic, without destination.ip":                  {attributes: with(with(ecsRecord, "destination.ip", nil), "destination.address", nil)},
		"Elastic, with the account of the collector":       {attributes: with(ecsRecord, "cloud.account.id", "999999999999")},
		"Elastic, with cloud.account.id only":              {attributes: with(ecsRecord, "aws.vpcflow.account_id", nil)},
		"Elastic, with absent values":                      {attributes: with(with(ecsRecord, "event.action", "-"), "aws.vpcflow.sublocation_id", "-")},
		"flow log fields with a prefix":                    {attributes: original},
	} {
		t.Run(name, func(t *testing.T) {
			for range 20 { // The order of the attributes is random.
				var got flow.Flow
				require.NoError(t, record.read(t, NewRecordReader(nil), &got))
				require.Equal(t, want, got)
			}
		})
	}
}

// with changes one attribute, or removes it if value is nil.
func with(attributes map[string]any, key string, value any) map[string]any {
	attributes = maps.Clone(attributes)
	delete(attributes, key)
	if value != nil {
		attributes[key] = value
	}
	return attributes
}

func TestElasticCommonSchema(t *testing.T) {
	addr := netip.MustParseAddr
	for name, test := range map[string]struct {
		attributes map[string]any
		want       flow.Flow
	}{
		"an end without a start":                 {map[string]any{"source.ip": "10.0.0.1", "event.end": "2021-12-20T11:38:17.000Z"}, flow.Flow{Src: addr("10.0.0.1"), Time: 1640000297}},
		"a NODATA record":                        {map[string]any{"aws.vpcflow.log_status": "NODATA", "event.start": 5}, flow.Flow{Status: flow.NoData, Time: 5}},
		"absent values":                          {map[string]any{"aws.vpcflow.instance_id": "-", "aws.vpcflow.pkt_srcaddr": "-", "source.ip": "10.0.0.1", "network.direction": "-", "cloud.region": "-"}, flow.Flow{Src: addr("10.0.0.1")}},
		"a packet's source only":                 {map[string]any{"aws.vpcflow.pkt_srcaddr": "10.0.0.1"}, flow.Flow{Src: addr("10.0.0.1")}},
		"an intermediate destination":            {map[string]any{"destination.ip": "10.0.0.9", "aws.vpcflow.pkt_dstaddr": "10.0.0.2"}, flow.Flow{Dst: addr("10.0.0.2"), Local: addr("10.0.0.9"), LocalIsDst: true}},
		"two intermediate addresses":             {map[string]any{"source.ip": "10.0.0.8", "aws.vpcflow.pkt_srcaddr": "10.0.0.1", "destination.ip": "10.0.0.9", "aws.vpcflow.pkt_dstaddr": "10.0.0.2"}, flow.Flow{Src: addr("10.0.0.1"), Dst: addr("10.0.0.2"), Local: addr("10.0.0.8"), Intermediate: addr("10.0.0.9")}},
		"an outbound flow":                       {map[string]any{"source.ip": "10.0.0.1", "network.direction": "outbound"}, flow.Flow{Src: addr("10.0.0.1"), Direction: flow.Egress}},
		"an inbound flow":                        {map[string]any{"source.ip": "10.0.0.1", "network.direction": "inbound"}, flow.Flow{Src: addr("10.0.0.1"), Direction: flow.Ingress}},
		"the direction at a firewall":            {map[string]any{"source.ip": "10.0.0.1", "network.direction": "internal"}, flow.Flow{Src: addr("10.0.0.1")}},
		"an accepted event":                      {map[string]any{"source.ip": "10.0.0.1", "event.action": "Accept"}, flow.Flow{Src: addr("10.0.0.1"), Action: flow.Accept}},
		"an event of another kind":               {map[string]any{"source.ip": "10.0.0.1", "event.action": "network_flow"}, flow.Flow{Src: addr("10.0.0.1")}},
		"a transport that is not an IP protocol": {map[string]any{"source.ip": "10.0.0.1", "network.transport": "unix"}, flow.Flow{Src: addr("10.0.0.1")}},
		"an ICMPv6 flow":                         {map[string]any{"source.ip": "fe80::1", "network.transport": "ipv6-icmp"}, flow.Flow{Src: addr("fe80::1"), Protocol: 58}},
		"an intermediate NAT gateway":            {map[string]any{"source.ip": "10.0.0.1", "aws.vpcflow.interface_type": "nat_gateway"}, flow.Flow{Src: addr("10.0.0.1"), Hop: true}},
	} {
		t.Run(name, func(t *testing.T) {
			var got flow.Flow
			require.NoError(t, testRecord{attributes: test.attributes}.read(t, NewRecordReader(nil), &got))
			assert.Equal(t, test.want, got)
		})
	}
}

func TestElasticCommonSchemaErrors(t *testing.T) {
	for name, test := range map[string]struct {
		key   string
		value any
		want  flow.LineError
	}{
		"a host name as address":        {"source.ip", "host-1", flowtest.Error(flow.BadAddress, "source.ip", "host-1")},
		"a bad packet address":          {"aws.vpcflow.pkt_dstaddr", "x", flowtest.Error(flow.BadAddress, "aws.vpcflow.pkt_dstaddr", "x")},
		"a protocol that is a word":     {"network.iana_number", "tcp", flowtest.Error(flow.NotANumber, "network.iana_number", "tcp")},
		"a protocol out of range":       {"network.iana_number", 256, flowtest.Error(flow.BadValue, "network.iana_number", "256")},
		"a fractional port":             {"source.port", 442.5, flowtest.Error(flow.BadValue, "source.port", "442.5")},
		"a float too large to be exact": {"source.bytes", 9007199254740992.0, flowtest.Error(flow.BadValue, "source.bytes", "9007199254740992")},
		"an unknown action":             {"aws.vpcflow.action", "DROP", flowtest.Error(flow.BadValue, "aws.vpcflow.action", "DROP")},
		"a start that is not a time":    {"event.start", "yesterday", flowtest.Error(flow.BadValue, "event.start", "yesterday")},
	} {
		t.Run(name, func(t *testing.T) {
			var (
				got flow.Flow
				bad *flow.LineError
			)
			record := testRecord{attributes: map[string]any{"destination.ip": "10.0.0.1", test.key: test.value}}
			require.ErrorAs(t, record.read(t, NewRecordReader(nil), &got), &bad)
			assert.Equal(t, test.want, *bad)
		})
	}
	t.Run("attributes that are not specific to flows", func(t *testing.T) {
		var got flow.Flow
		attributes := map[string]any{"event.start": "2021-12-20T11:34:26Z", "event.action": "accept", "network.bytes": 5, "cloud.account.id": "1"}
		require.ErrorContains(t, testRecord{attributes: attributes}.read(t, NewRecordReader(nil), &got), string(flow.NotAFlow))
	})
}

func TestReadingElasticCommonSchemaDoesNotAllocate(t *testing.T) {
	record := LogRecord{Resource: pcommon.NewResource(), Scope: pcommon.NewInstrumentationScope(), LogRecord: plog.NewLogRecord()}
	require.NoError(t, record.Attributes().FromRaw(ecsRecord))
	reader := NewRecordReader(nil)
	var got flow.Flow
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if err := reader.Flow(record, &got); err != nil {
			t.Error(err)
		}
	}))
}

func BenchmarkDecodeECS(b *testing.B) {
	record := LogRecord{Resource: pcommon.NewResource(), Scope: pcommon.NewInstrumentationScope(), LogRecord: plog.NewLogRecord()}
	require.NoError(b, record.Attributes().FromRaw(ecsRecord))
	reader := NewRecordReader(nil)
	var got flow.Flow
	b.ReportAllocs()
	for b.Loop() {
		if err := reader.Flow(record, &got); err != nil {
			b.Fatal(err)
		}
	}
}
