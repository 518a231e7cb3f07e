// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"math"
	"strings"
)

// field is one row of the table of fields: what AWS calls it, where its value goes among the attributes, and where in
// a Flow.
type field struct {
	// name is the AWS name, spelt with `-`.
	name string
	// key is the attribute that holds the value; empty where it becomes something else.
	key  string
	kind kind
	// greatest is the greatest number allowed.
	greatest int64
	// words are the values of an enumeration; the empty one stands for a zero that no word has.
	words []enumerator
	// slot is the place of an address among the four.
	slot slot
	// set keeps the value in a Flow; nil where detection has no use for it. n is what parse gave.
	set func(dst *Flow, text string, n int64)
}

// enumerator is a word of the flow log and the value of its attribute.
type enumerator struct{ text, value string }

// The words of enumerations, in the order of their constants.
var (
	actions    = []enumerator{NoAction: {}, Accept: {"ACCEPT", "ACCEPT"}, Reject: {"REJECT", "REJECT"}}
	statuses   = []enumerator{StatusOK: {"OK", "OK"}, NoData: {"NODATA", "NODATA"}, SkipData: {"SKIPDATA", "SKIPDATA"}}
	directions = []enumerator{DirectionUnknown: {}, Ingress: {"ingress", "receive"}, Egress: {"egress", "transmit"}}
)

// Greatest numbers.
const (
	maxByte  = math.MaxUint8
	maxPort  = math.MaxUint16
	maxInt32 = math.MaxInt32
	maxInt64 = math.MaxInt64
)

// fields are all fields of versions 2 to 11, those of Transit Gateway among them.
var fields = []field{
	// Version 2.
	{name: "version", key: "aws.vpc.flow.log.version", kind: number, greatest: maxInt32},
	{name: "account-id", key: keyAccount, kind: account, set: func(dst *Flow, text string, _ int64) { dst.Account = text }},
	{name: "interface-id", key: "network.interface.name", set: func(dst *Flow, text string, _ int64) { dst.Interface = text }},
	{name: "srcaddr", kind: address, slot: srcaddr},
	{name: "dstaddr", kind: address, slot: dstaddr},
	{name: "srcport", key: "source.port", kind: number, greatest: maxPort, set: func(dst *Flow, _ string, n int64) { dst.SrcPort = uint16(n) }},
	{name: "dstport", key: "destination.port", kind: number, greatest: maxPort, set: func(dst *Flow, _ string, n int64) { dst.DstPort = uint16(n) }},
	{name: "protocol", key: "network.protocol.number", kind: protocol, greatest: maxByte, set: func(dst *Flow, _ string, n int64) { dst.Protocol = uint8(n) }},
	{name: "packets", key: "aws.vpc.flow.packets", kind: number, greatest: maxInt64, set: func(dst *Flow, _ string, n int64) { dst.Packets = uint64(n) }},
	{name: "bytes", key: "aws.vpc.flow.bytes", kind: number, greatest: maxInt64, set: func(dst *Flow, _ string, n int64) { dst.Bytes = uint64(n) }},
	{name: "start", key: "aws.vpc.flow.start", kind: startTime, greatest: maxTime},
	{name: "end", kind: endTime, greatest: maxTime},
	{name: "action", key: "aws.vpc.flow.action", kind: word, words: actions, set: func(dst *Flow, _ string, n int64) { dst.Action = Action(n) }},
	{name: "log-status", key: "aws.vpc.flow.status", kind: word, words: statuses, set: func(dst *Flow, _ string, n int64) { dst.Status = Status(n) }},

	// Version 3.
	{name: "vpc-id", key: "aws.vpc.id", set: func(dst *Flow, text string, _ int64) { dst.VPC = text }},
	{name: "subnet-id", key: "aws.vpc.subnet.id"},
	{name: instanceID, key: "host.id", set: func(dst *Flow, text string, _ int64) { dst.Instance = text }},
	{name: "tcp-flags", key: "network.tcp.flags", kind: digits, greatest: maxByte, set: func(dst *Flow, _ string, n int64) { dst.Flags = uint8(n) }},
	{name: "type", key: "network.type", kind: lowered},
	{name: "pkt-srcaddr", kind: address, slot: pktSrcaddr},
	{name: "pkt-dstaddr", kind: address, slot: pktDstaddr},

	// Version 4.
	{name: "region", key: keyRegion, kind: region, set: func(dst *Flow, text string, _ int64) { dst.Region = text }},
	{name: "az-id", key: "aws.az.id"},
	{name: "sublocation-type", key: "aws.sublocation.type"},
	{name: "sublocation-id", key: "aws.sublocation.id"},

	// Version 5.
	{name: "pkt-src-aws-service", key: "aws.vpc.flow.source.service"},
	{name: "pkt-dst-aws-service", key: "aws.vpc.flow.destination.service"},
	{
		name: "flow-direction", key: "network.io.direction", kind: word, words: directions,
		set: func(dst *Flow, _ string, n int64) { dst.Direction = Direction(n) },
	},
	{name: "traffic-path", key: "aws.vpc.flow.traffic_path"},

	// Version 6, Transit Gateway.
	{name: "resource-type", key: "aws.vpc.flow.resource_type"},
	{name: "tgw-id", key: "aws.tgw.id"},
	{name: "tgw-attachment-id", key: "aws.tgw.attachment.id"},
	{name: "tgw-src-vpc-account-id", key: "aws.tgw.source.account.id"},
	{name: "tgw-dst-vpc-account-id", key: "aws.tgw.destination.account.id"},
	{name: "tgw-src-vpc-id", key: "aws.tgw.source.vpc.id"},
	{name: "tgw-dst-vpc-id", key: "aws.tgw.destination.vpc.id"},
	{name: "tgw-src-subnet-id", key: "aws.tgw.source.vpc.subnet.id"},
	{name: "tgw-dst-subnet-id", key: "aws.tgw.destination.vpc.subnet.id"},
	{name: "tgw-src-eni", key: "aws.tgw.source.eni.id"},
	{name: "tgw-dst-eni", key: "aws.tgw.destination.eni.id"},
	{name: "tgw-src-az-id", key: "aws.tgw.source.az.id"},
	{name: "tgw-dst-az-id", key: "aws.tgw.destination.az.id"},
	{name: "tgw-pair-attachment-id", key: "aws.tgw.attachment.pair.id"},
	{name: "packets-lost-no-route", key: "aws.vpc.flow.packets_lost_no_route", kind: number, greatest: maxInt64},
	{name: "packets-lost-blackhole", key: "aws.vpc.flow.packets_lost_blackhole", kind: number, greatest: maxInt64},
	{name: "packets-lost-mtu-exceeded", key: "aws.vpc.flow.packets_lost_mtu_exceeded", kind: number, greatest: maxInt64},
	{name: "packets-lost-ttl-expired", key: "aws.vpc.flow.packets_lost_ttl_expired", kind: number, greatest: maxInt64},

	// Version 7, Elastic Container Service.
	{name: "ecs-cluster-arn", key: "aws.ecs.cluster.arn"},
	{name: "ecs-cluster-name", key: "aws.ecs.cluster.name"},
	{name: "ecs-container-instance-arn", key: "aws.ecs.container.instance.arn"},
	{name: "ecs-container-instance-id", key: "aws.ecs.container.instance.id"},
	{name: "ecs-container-id", key: "aws.ecs.container.id"},
	{name: "ecs-second-container-id", key: "aws.ecs.second.container.id"},
	{name: "ecs-service-name", key: "aws.ecs.service.name"},
	{name: "ecs-task-definition-arn", key: "aws.ecs.task.definition.arn"},
	{name: "ecs-task-arn", key: "aws.ecs.task.arn"},
	{name: "ecs-task-id", key: "aws.ecs.task.id"},

	// Versions 8 to 10.
	{name: "reject-reason", key: "aws.vpc.flow.reject_reason"},
	{name: "resource-id", key: "aws.vpc.flow.resource_id"},
	{name: "encryption-status", key: "aws.vpc.flow.encryption_status", kind: number, greatest: maxByte},

	// Version 11.
	{name: "instance-tag", key: "aws.vpc.flow.instance_tag", kind: tag},
	{name: "instance-tag-2", key: "aws.vpc.flow.instance_tag_2", kind: tag},
	{name: "interface-tag", key: "aws.vpc.flow.interface_tag", kind: tag},
	{name: "interface-tag-2", key: "aws.vpc.flow.interface_tag_2", kind: tag},
	{name: "asg-tag", key: "aws.vpc.flow.asg_tag", kind: tag},
	{name: "asg-tag-2", key: "aws.vpc.flow.asg_tag_2", kind: tag},
	{name: "interface-type", key: "aws.vpc.flow.interface_type", set: func(dst *Flow, text string, _ int64) { dst.Hop = hopInterface(text) }},
	{name: "next-hop-interface-id", key: "aws.vpc.flow.next_hop_interface_id"},
	{name: "next-hop-subnet-id", key: "aws.vpc.flow.next_hop_subnet_id"},
	{name: "next-hop-az-id", key: "aws.vpc.flow.next_hop_az_id"},
	{name: "next-hop-vpc-id", key: "aws.vpc.flow.next_hop_vpc_id"},
	{name: "next-hop-interface-type", key: "aws.vpc.flow.next_hop_interface_type"},
}

// instanceID is the field whose absence tells an interface of a gateway from one of an instance.
const instanceID = "instance-id"

// known finds a field by its name.
var known = func() map[string]*field {
	byName := make(map[string]*field, len(fields))
	for i := range fields {
		byName[fields[i].name] = &fields[i]
	}
	return byName
}()

// unknownField is the row of a field that is not in the table: what AWS adds some day is kept as text.
func unknownField(name string) field {
	return field{name: name, key: "aws.vpc.flow.field." + name, kind: text}
}

// canonical spells a field name as AWS does: Parquet columns and some tools write `_` for `-`.
func canonical(name string) string {
	return strings.ReplaceAll(name, "_", "-")
}

// hopInterface tells the types of interfaces that pass on the packets of others.
func hopInterface(interfaceType string) bool {
	return interfaceType == "nat_gateway" || interfaceType == "regional_nat_gateway" || interfaceType == "transit_gateway"
}
