// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

// column is a column of the files. One of its functions returns the value in a row.
type column struct {
	name string
	text func(*Row) *string
	// small is a number with few different values, large one with many.
	small func(*Row) *int32
	large func(*Row) *int64
	// ascending says that the values grow slowly. They are stored as differences.
	ascending bool
	// bloom adds a Bloom filter.
	bloom bool
}

// columns lists the columns in the order of the files.
var columns = []column{
	{name: "start", large: func(r *Row) *int64 { return &r.Start }, ascending: true},
	{name: "srcaddr", text: func(r *Row) *string { return &r.Source }, bloom: true},
	{name: "dstaddr", text: func(r *Row) *string { return &r.Destination }, bloom: true},
	{name: "srcport", small: func(r *Row) *int32 { return &r.SourcePort }},
	{name: "dstport", small: func(r *Row) *int32 { return &r.DestinationPort }},
	{name: "protocol", small: func(r *Row) *int32 { return &r.Protocol }},
	{name: "packets", large: func(r *Row) *int64 { return &r.Packets }},
	{name: "bytes", large: func(r *Row) *int64 { return &r.Bytes }},
	{name: "action", text: func(r *Row) *string { return &r.Action }},
	{name: "tcp_flags", small: func(r *Row) *int32 { return &r.Flags }},
	{name: "flow_direction", text: func(r *Row) *string { return &r.Direction }},
	{name: "account_id", text: func(r *Row) *string { return &r.Account }},
	{name: "region", text: func(r *Row) *string { return &r.Region }},
	{name: "vpc_id", text: func(r *Row) *string { return &r.VPC }},
	{name: "subnet_id", text: func(r *Row) *string { return &r.Subnet }},
	{name: "interface_id", text: func(r *Row) *string { return &r.Interface }},
	{name: "instance_id", text: func(r *Row) *string { return &r.Instance }},
	{name: "az_id", text: func(r *Row) *string { return &r.Zone }},
	{name: "class", text: func(r *Row) *string { return &r.Class }},
	{name: "src_country", text: func(r *Row) *string { return &r.SourceCountry }},
	{name: "dst_country", text: func(r *Row) *string { return &r.DestinationCountry }},
}
