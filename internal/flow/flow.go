// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package flow turns Amazon VPC Flow Logs into what the rest of the program works with. A Format, compiled once from
// field names, reads lines: a Decoder makes log records of them, Format.Flow makes a Flow, the form that detection
// sees. A RecordReader makes a Flow of a log record, whoever decoded it.
package flow

import "net/netip"

// Flow is one flow log record as detection sees it. Its strings alias the line or the log record that it was read from.
type Flow struct {
	// Time is when the flow began, in Unix seconds: its start, else its end, else the time stamp of its log record.
	// Zero means that none of them is known.
	Time int64
	// Src and Dst are the packet's own addresses, IPv4-mapped ones as IPv4; invalid where absent.
	Src, Dst netip.Addr
	// Local is the address of a middle interface that the record names beside the packet's own: srcaddr where it
	// differs from pkt-srcaddr, else dstaddr where it differs from pkt-dstaddr; invalid where neither does.
	Local netip.Addr
	// Intermediate is dstaddr where both srcaddr and dstaddr differ from the packet's own addresses; else invalid.
	Intermediate netip.Addr
	// SrcPort and DstPort are zero where absent.
	SrcPort, DstPort uint16
	// Protocol is the IANA protocol number; zero where absent.
	Protocol uint8
	// Flags are the TCP flags ORed over the flow; zero means unknown.
	Flags uint8
	// Action, Status and Direction are zero where absent.
	Action    Action
	Status    Status
	Direction Direction
	// Hop says that a middle interface (NAT gateway, transit gateway) logged packets that the endpoint's own
	// interface logs too.
	Hop bool
	// Packets and Bytes are zero where absent.
	Packets, Bytes uint64
	// Account, Region, VPC, Interface and Instance are the AWS ids; empty where absent.
	Account, Region, VPC, Interface, Instance string
}

// Action says whether the traffic was let through.
type Action uint8

// The actions.
const (
	// NoAction is that of a record without one, as Transit Gateway writes.
	NoAction Action = iota
	Accept
	Reject
)

// String gives the word of the flow log; `-` where there is none.
func (a Action) String() string {
	switch a {
	case Accept:
		return "ACCEPT"
	case Reject:
		return "REJECT"
	}
	return "-"
}

// Status says whether the record stands for traffic at all.
type Status uint8

// The statuses.
const (
	// StatusOK is also that of a record without a status.
	StatusOK Status = iota
	// NoData tells of an interval without traffic.
	NoData
	// SkipData tells of records that AWS lost.
	SkipData
)

// String gives the word of the flow log.
func (s Status) String() string {
	switch s {
	case NoData:
		return "NODATA"
	case SkipData:
		return "SKIPDATA"
	}
	return "OK"
}

// Direction is the way of the traffic as the interface sees it.
type Direction uint8

// The directions.
const (
	DirectionUnknown Direction = iota
	Ingress
	Egress
)

// String gives the word of the flow log; `-` where there is none.
func (d Direction) String() string {
	switch d {
	case Ingress:
		return "ingress"
	case Egress:
		return "egress"
	}
	return "-"
}
