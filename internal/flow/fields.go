// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"math"
	"slices"
)

// The largest numbers of numeric fields.
const (
	maxByte  = math.MaxUint8
	maxPort  = math.MaxUint16
	maxInt32 = math.MaxInt32
	maxInt64 = math.MaxInt64
)

// The words of enumerations, in the order of their constants.
var (
	actions    = []Word{NoAction: {}, Accept: {"ACCEPT", "ACCEPT"}, Reject: {"REJECT", "REJECT"}}
	statuses   = []Word{StatusOK: {"OK", "OK"}, NoData: {"NODATA", "NODATA"}, SkipData: {"SKIPDATA", "SKIPDATA"}}
	directions = []Word{DirectionUnknown: {}, Ingress: {"ingress", "receive"}, Egress: {"egress", "transmit"}}
)

// instanceID is the field that gateway interfaces lack.
const instanceID = "instance-id"

// flowDirection is the field that says which side of a record is the interface's own.
const flowDirection = "flow-direction"

// fields is the table of all fields, including those of Transit Gateway. A new field needs only a row here,
// and its name in the list by version in fields_test.go.
var fields = []Field{
	// Version 2.
	{Name: "version", Attribute: "aws.vpc.flow.log.version", Kind: KindNumber, Max: maxInt32},
	{Name: "account-id", Kind: KindAccount, Set: func(dst *Flow, text string, _ int64) { dst.Account = text }},
	{Name: "interface-id", Attribute: "network.interface.name", Set: func(dst *Flow, text string, _ int64) { dst.Interface = text }},
	{Name: "srcaddr", Kind: KindAddress, slot: slotSrcaddr},
	{Name: "dstaddr", Kind: KindAddress, slot: slotDstaddr},
	{Name: "srcport", Attribute: "source.port", Kind: KindNumber, Max: maxPort, Set: func(dst *Flow, _ string, n int64) { dst.SrcPort = uint16(n) }},
	{Name: "dstport", Attribute: "destination.port", Kind: KindNumber, Max: maxPort, Set: func(dst *Flow, _ string, n int64) { dst.DstPort = uint16(n) }},
	{
		Name: "protocol", Attribute: "network.protocol.number", Kind: KindProtocol, Max: maxByte,
		Set: func(dst *Flow, _ string, n int64) { dst.Protocol = uint8(n) },
	},
	{Name: "packets", Attribute: "aws.vpc.flow.packets", Kind: KindNumber, Max: maxInt64, Set: func(dst *Flow, _ string, n int64) { dst.Packets = uint64(n) }},
	{Name: "bytes", Attribute: "aws.vpc.flow.bytes", Kind: KindNumber, Max: maxInt64, Set: func(dst *Flow, _ string, n int64) { dst.Bytes = uint64(n) }},
	{Name: "start", Attribute: "aws.vpc.flow.start", Kind: KindStart, Max: MaxTime},
	{Name: "end", Kind: KindEnd, Max: MaxTime},
	{Name: "action", Attribute: "aws.vpc.flow.action", Kind: KindWord, Words: actions, Set: func(dst *Flow, _ string, n int64) { dst.Action = Action(n) }},
	{Name: "log-status", Attribute: "aws.vpc.flow.status", Kind: KindWord, Words: statuses, Set: func(dst *Flow, _ string, n int64) { dst.Status = Status(n) }},

	// Version 3.
	{Name: "vpc-id", Attribute: "aws.vpc.id", Set: func(dst *Flow, text string, _ int64) { dst.VPC = text }},
	{Name: "subnet-id", Attribute: "aws.vpc.subnet.id", Set: func(dst *Flow, text string, _ int64) { dst.Subnet = text }},
	{Name: instanceID, Attribute: "host.id", Set: func(dst *Flow, text string, _ int64) { dst.Instance = text }},
	{
		Name: "tcp-flags", Attribute: "network.tcp.flags", Kind: KindDigits, Max: maxByte,
		Set: func(dst *Flow, _ string, n int64) { dst.Flags, dst.FlagsLogged = uint8(n), true },
	},
	{Name: "type", Attribute: "network.type", Kind: KindLowercase},
	{Name: "pkt-srcaddr", Kind: KindAddress, slot: slotPktSrcaddr},
	{Name: "pkt-dstaddr", Kind: KindAddress, slot: slotPktDstaddr},

	// Version 4.
	{Name: "region", Kind: KindRegion, Set: func(dst *Flow, text string, _ int64) { dst.Region = text }},
	{Name: "az-id", Attribute: "aws.az.id", Set: func(dst *Flow, text string, _ int64) { dst.Zone = text }},
	{Name: "sublocation-type", Attribute: "aws.sublocation.type"},
	{Name: "sublocation-id", Attribute: "aws.sublocation.id"},

	// Version 5.
	{Name: "pkt-src-aws-service", Attribute: "aws.vpc.flow.source.service"},
	{Name: "pkt-dst-aws-service", Attribute: "aws.vpc.flow.destination.service"},
	{
		Name: flowDirection, Attribute: "network.io.direction", Kind: KindWord, Words: directions,
		Set: func(dst *Flow, _ string, n int64) { dst.Direction = Direction(n) },
	},
	{Name: "traffic-path", Attribute: "aws.vpc.flow.traffic_path"},

	// Version 6, Transit Gateway.
	{Name: "resource-type", Attribute: "aws.vpc.flow.resource_type"},
	{Name: "tgw-id", Attribute: "aws.tgw.id"},
	{Name: "tgw-attachment-id", Attribute: "aws.tgw.attachment.id"},
	{Name: "tgw-src-vpc-account-id", Attribute: "aws.tgw.source.account.id"},
	{Name: "tgw-dst-vpc-account-id", Attribute: "aws.tgw.destination.account.id"},
	{Name: "tgw-src-vpc-id", Attribute: "aws.tgw.source.vpc.id"},
	{Name: "tgw-dst-vpc-id", Attribute: "aws.tgw.destination.vpc.id"},
	{Name: "tgw-src-subnet-id", Attribute: "aws.tgw.source.vpc.subnet.id"},
	{Name: "tgw-dst-subnet-id", Attribute: "aws.tgw.destination.vpc.subnet.id"},
	{Name: "tgw-src-eni", Attribute: "aws.tgw.source.eni.id"},
	{Name: "tgw-dst-eni", Attribute: "aws.tgw.destination.eni.id"},
	{Name: "tgw-src-az-id", Attribute: "aws.tgw.source.az.id"},
	{Name: "tgw-dst-az-id", Attribute: "aws.tgw.destination.az.id"},
	{Name: "tgw-pair-attachment-id", Attribute: "aws.tgw.attachment.pair.id"},
	{Name: "packets-lost-no-route", Attribute: "aws.vpc.flow.packets_lost_no_route", Kind: KindNumber, Max: maxInt64},
	{Name: "packets-lost-blackhole", Attribute: "aws.vpc.flow.packets_lost_blackhole", Kind: KindNumber, Max: maxInt64},
	{Name: "packets-lost-mtu-exceeded", Attribute: "aws.vpc.flow.packets_lost_mtu_exceeded", Kind: KindNumber, Max: maxInt64},
	{Name: "packets-lost-ttl-expired", Attribute: "aws.vpc.flow.packets_lost_ttl_expired", Kind: KindNumber, Max: maxInt64},

	// Version 7, Elastic Container Service.
	{Name: "ecs-cluster-arn", Attribute: "aws.ecs.cluster.arn"},
	{Name: "ecs-cluster-name", Attribute: "aws.ecs.cluster.name", Set: func(dst *Flow, text string, _ int64) { dst.ECSCluster = text }},
	{Name: "ecs-container-instance-arn", Attribute: "aws.ecs.container.instance.arn"},
	{Name: "ecs-container-instance-id", Attribute: "aws.ecs.container.instance.id"},
	{Name: "ecs-container-id", Attribute: "aws.ecs.container.id"},
	{Name: "ecs-second-container-id", Attribute: "aws.ecs.second.container.id"},
	{Name: "ecs-service-name", Attribute: "aws.ecs.service.name", Set: func(dst *Flow, text string, _ int64) { dst.ECSService = text }},
	{Name: "ecs-task-definition-arn", Attribute: "aws.ecs.task.definition.arn"},
	{Name: "ecs-task-arn", Attribute: "aws.ecs.task.arn"},
	{Name: "ecs-task-id", Attribute: "aws.ecs.task.id", Set: func(dst *Flow, text string, _ int64) { dst.ECSTask = text }},

	// Versions 8 to 10.
	{Name: "reject-reason", Attribute: "aws.vpc.flow.reject_reason"},
	{Name: "resource-id", Attribute: "aws.vpc.flow.resource_id"},
	{Name: "encryption-status", Attribute: "aws.vpc.flow.encryption_status", Kind: KindNumber, Max: maxByte},

	// Version 11.
	{Name: "instance-tag", Attribute: "aws.vpc.flow.instance_tag", Kind: KindTag, Set: func(dst *Flow, text string, _ int64) { dst.InstanceTag = text }},
	{Name: "instance-tag-2", Attribute: "aws.vpc.flow.instance_tag_2", Kind: KindTag},
	{Name: "interface-tag", Attribute: "aws.vpc.flow.interface_tag", Kind: KindTag, Set: func(dst *Flow, text string, _ int64) { dst.InterfaceTag = text }},
	{Name: "interface-tag-2", Attribute: "aws.vpc.flow.interface_tag_2", Kind: KindTag},
	{Name: "asg-tag", Attribute: "aws.vpc.flow.asg_tag", Kind: KindTag, Set: func(dst *Flow, text string, _ int64) { dst.GroupTag = text }},
	{Name: "asg-tag-2", Attribute: "aws.vpc.flow.asg_tag_2", Kind: KindTag},
	{Name: "interface-type", Attribute: "aws.vpc.flow.interface_type", Set: func(dst *Flow, text string, _ int64) { dst.Hop = isHopInterface(text) }},
	{Name: "next-hop-interface-id", Attribute: "aws.vpc.flow.next_hop_interface_id"},
	{Name: "next-hop-subnet-id", Attribute: "aws.vpc.flow.next_hop_subnet_id"},
	{Name: "next-hop-az-id", Attribute: "aws.vpc.flow.next_hop_az_id"},
	{Name: "next-hop-vpc-id", Attribute: "aws.vpc.flow.next_hop_vpc_id"},
	{Name: "next-hop-interface-type", Attribute: "aws.vpc.flow.next_hop_interface_type"},
}

// isHopInterface reports whether interfaces of a type forward the packets of other interfaces.
func isHopInterface(interfaceType string) bool {
	return interfaceType == "nat_gateway" || interfaceType == "regional_nat_gateway" || interfaceType == "transit_gateway"
}

// Fields returns the field table.
func Fields() []Field { return slices.Clone(fields) }

// LookupField finds a field by its name, spelled with hyphens or underscores. The field must not be modified.
func LookupField(name string) (*Field, bool) {
	field, ok := fieldsByName[canonicalName(name)]
	return field, ok
}

var fieldsByName = func() map[string]*Field {
	byName := make(map[string]*Field, len(fields))
	for i := range fields {
		byName[fields[i].Name] = &fields[i]
	}
	return byName
}()

// unknownField makes a field that is not in the table. Its values are kept as text.
func unknownField(name string) Field {
	return Field{Name: name, Attribute: "aws.vpc.flow.field." + name, Kind: KindText}
}
