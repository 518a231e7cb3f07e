// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package flow decodes the lines of Amazon VPC Flow Logs. A Format is compiled once from field names. It parses a line
// to a Flow, which is the input of detection, or to a Record, which subpackage otlp converts to a log record.
//
// To add a field, add a row to the table in fields.go.
package flow

import "net/netip"

// Flow contains the fields of one flow log record that detection uses. Its strings alias the line or log record that it
// was read from.
type Flow struct {
	// Time is the start of the flow in Unix seconds, or else its end, or else the timestamp of its log record. Zero means
	// that none of them is known.
	Time int64
	// Src and Dst are the addresses of the packet; invalid if absent. IPv4-mapped addresses are stored as IPv4.
	Src, Dst netip.Addr
	// Local is the address of an intermediate interface: srcaddr if it differs from pkt-srcaddr, or else dstaddr if it
	// differs from pkt-dstaddr. It is invalid if neither differs.
	Local netip.Addr
	// LocalIsDst says that Local is dstaddr and not srcaddr.
	LocalIsDst bool
	// Intermediate is dstaddr if both srcaddr and dstaddr differ from the packet's addresses. Otherwise it is invalid.
	Intermediate netip.Addr
	// SrcPort and DstPort are zero if absent.
	SrcPort, DstPort uint16
	// Protocol is the IANA protocol number; zero if absent.
	Protocol uint8
	// Flags is the bitwise OR of the TCP flags in the flow; zero if unknown.
	Flags uint8
	// FlagsLogged says that the record has a value in tcp-flags, which may be 0.
	FlagsLogged bool
	// Action, Status and Direction are zero if absent.
	Action    Action
	Status    Status
	Direction Direction
	// Hop says that an intermediate interface, such as a NAT gateway, logged packets that the interface of the endpoint
	// also logs.
	Hop bool
	// NamesGateway says that the record is a hop because it has no instance and its addresses differ. Local and, if
	// valid, Intermediate are then addresses of the gateway that logged it.
	NamesGateway bool
	// Packets and Bytes are zero if absent.
	Packets, Bytes uint64
	// Account, Region, VPC, Interface and Instance are AWS ids; empty if absent.
	Account, Region, VPC, Interface, Instance string
	// Subnet and Zone are the AWS ids of the interface's subnet and availability zone. ECSCluster, ECSService and
	// ECSTask say which ECS task the interface belongs to. InstanceTag, InterfaceTag and GroupTag are tag values;
	// GroupTag is from the Auto Scaling group. All are empty if absent.
	Subnet, Zone, ECSCluster, ECSService, ECSTask, InstanceTag, InterfaceTag, GroupTag string
}

// InterfaceSrc returns srcaddr, the source address at the interface. It is Src if the record has no srcaddr.
func (f *Flow) InterfaceSrc() netip.Addr {
	if f.Local.IsValid() && !f.LocalIsDst {
		return f.Local
	}
	return f.Src
}

// InterfaceDst returns dstaddr, the destination address at the interface. It is Dst if the record has no dstaddr.
func (f *Flow) InterfaceDst() netip.Addr {
	switch {
	case f.Intermediate.IsValid():
		return f.Intermediate
	case f.LocalIsDst:
		return f.Local
	}
	return f.Dst
}

// Action says whether the traffic was accepted.
type Action uint8

// The actions. Records of Transit Gateway have NoAction.
const (
	NoAction Action = iota
	Accept
	Reject
)

// String returns the word used in flow logs; `-` if there is none.
func (a Action) String() string {
	switch a {
	case Accept:
		return "ACCEPT"
	case Reject:
		return "REJECT"
	}
	return "-"
}

// Status says whether the record describes traffic.
type Status uint8

// The statuses.
const (
	// StatusOK means that the record describes traffic, or has no status.
	StatusOK Status = iota
	// NoData means that there was no traffic in the interval.
	NoData
	// SkipData means that AWS lost records in the interval.
	SkipData
)

// String returns the word used in flow logs.
func (s Status) String() string {
	switch s {
	case NoData:
		return "NODATA"
	case SkipData:
		return "SKIPDATA"
	}
	return "OK"
}

// Direction is the direction of the traffic at the interface.
type Direction uint8

// The directions.
const (
	DirectionUnknown Direction = iota
	Ingress
	Egress
)

// String returns the word used in flow logs; `-` if there is none.
func (d Direction) String() string {
	switch d {
	case Ingress:
		return "ingress"
	case Egress:
		return "egress"
	}
	return "-"
}
