// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package ocsffield maps attributes of OCSF Network Activity events to fields of flow logs.
package ocsffield

// Class is the number of the class Network Activity.
const Class = "4001"

// ClassPath is the attribute with the number of the class.
const ClassPath = "class_uid"

// Source is an attribute that a field can come from.
type Source struct {
	// Path is the path of the attribute, such as src_endpoint.ip.
	Path string
	// Field is the AWS name of the field.
	Field string
	// Words maps numbers and words to those of flow logs. Others are absent. It is nil for values that stay the same.
	Words map[string]string
}

var (
	actions    = map[string]string{"1": "ACCEPT", "2": "REJECT", "Allowed": "ACCEPT", "Denied": "REJECT", "Blocked": "REJECT"}
	activities = map[string]string{"5": "REJECT", "6": "ACCEPT"}
	directions = map[string]string{"1": "ingress", "2": "egress"}
	versions   = map[string]string{
		"4": "IPv4", "6": "IPv6", "IPv4": "IPv4", "IPv6": "IPv6",
		"Internet Protocol version 4 (IPv4)": "IPv4", "Internet Protocol version 6 (IPv6)": "IPv6",
	}
	// boundaries are the paths of egress traffic, in the order of AWS's numbers.
	boundaries = map[string]string{"4": "1", "5": "2", "6": "3", "7": "4", "8": "5", "9": "6", "10": "7", "11": "8"}
	statuses   = map[string]string{"OK": "OK", "NODATA": "NODATA", "SKIPDATA": "SKIPDATA"}
)

// Sources lists the attributes of OCSF 1.0.0-rc.2 and later, in order of precedence: a field has the value of the first one
// that is present.
var Sources = []Source{
	{"metadata.product.version", "version", nil},
	{"cloud.account.uid", "account-id", nil},
	{"cloud.account_uid", "account-id", nil},
	{"accountid", "account-id", nil},
	{"cloud.region", "region", nil},
	{"region", "region", nil},
	{"cloud.zone", "az-id", nil},
	{"src_endpoint.intermediate_ips", "srcaddr", nil},
	{"dst_endpoint.intermediate_ips", "dstaddr", nil},
	{"src_endpoint.ip", "pkt-srcaddr", nil},
	{"dst_endpoint.ip", "pkt-dstaddr", nil},
	{"src_endpoint.port", "srcport", nil},
	{"dst_endpoint.port", "dstport", nil},
	{"src_endpoint.svc_name", "pkt-src-aws-service", nil},
	{"dst_endpoint.svc_name", "pkt-dst-aws-service", nil},
	{"src_endpoint.interface_uid", "interface-id", nil},
	{"dst_endpoint.interface_uid", "interface-id", nil},
	{"src_endpoint.instance_uid", "instance-id", nil},
	{"dst_endpoint.instance_uid", "instance-id", nil},
	{"src_endpoint.vpc_uid", "vpc-id", nil},
	{"dst_endpoint.vpc_uid", "vpc-id", nil},
	{"src_endpoint.subnet_uid", "subnet-id", nil},
	{"dst_endpoint.subnet_uid", "subnet-id", nil},
	{"connection_info.protocol_num", "protocol", nil},
	{"connection_info.tcp_flags", "tcp-flags", nil},
	{"connection_info.protocol_ver", "type", versions},
	{"connection_info.protocol_ver_id", "type", versions},
	{"connection_info.direction_id", "flow-direction", directions},
	{"connection_info.boundary_id", "traffic-path", boundaries},
	{"traffic.packets", "packets", nil},
	{"traffic.bytes", "bytes", nil},
	{"start_time", "start", nil},
	{"time", "start", nil},
	{"end_time", "end", nil},
	{"action_id", "action", actions},
	{"action", "action", actions},
	{"disposition_id", "action", actions},
	{"disposition", "action", actions},
	{"activity_id", "action", activities},
	{"status_code", "log-status", statuses},
	{"unmapped.sublocation_type", "sublocation-type", nil},
	{"unmapped.sublocation_id", "sublocation-id", nil},
}

// ByPath finds the index of a path in Sources.
var ByPath = func() map[string]int {
	byPath := make(map[string]int, len(Sources))
	for i, s := range Sources {
		byPath[s.Path] = i
	}
	return byPath
}()
