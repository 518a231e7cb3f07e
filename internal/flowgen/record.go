// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"strconv"
	"strings"
)

// Status is the log-status of a record.
type Status string

// The values that AWS writes.
const (
	OK       Status = "OK"
	NoData   Status = "NODATA"
	SkipData Status = "SKIPDATA"
)

// Record is one line of a flow log: the packets of one direction of a conversation at one interface in one aggregation
// interval.
type Record struct {
	Host             *Host
	Status           Status
	Egress, Rejected bool
	Src, Dst         netip.Addr // at the interface
	PktSrc, PktDst   netip.Addr // of the packet itself
	SrcPort, DstPort uint16
	Protocol         uint8
	Flags            uint8
	Path             uint8 // traffic-path of an egress record, 0 for none
	Packets, Bytes   uint64
	Start, End       int64
	arrival          int64 // end of the aggregation interval
}

// columns are the field names of the two formats in the order of the columns. Version 2 is AWS's default format. Version 5
// is a custom format that begins with the fields that are constant for an interface.
var columns = map[int]string{
	2: "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
	5: "version account-id region vpc-id az-id subnet-id instance-id interface-id flow-direction traffic-path type " +
		"srcaddr dstaddr pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service " +
		"srcport dstport protocol tcp-flags packets bytes start end action log-status",
}

// Header returns the first line of each file, which names the fields of the site's format.
func (s *Site) Header() string { return columns[s.Version] }

// AppendLine appends the record as a line without a newline.
func (s *Site) AppendLine(b []byte, r *Record) []byte {
	b = append(b, byte('0'+s.Version), ' ')
	b = append(b, s.Account...)
	if s.Version == 5 {
		b = s.appendInterface(b, r)
	} else {
		b = appendWords(b, r.Host.ENI)
	}
	if r.Status != OK {
		b = append(b, s.noTraffic()...)
		b = appendNumbers(b, uint64(r.Start), uint64(r.End))
		return appendWords(b, "-", string(r.Status))
	}
	b = appendAddrs(b, r.Src, r.Dst)
	if s.Version == 5 {
		b = appendAddrs(b, r.PktSrc, r.PktDst)
		b = appendWords(b, awsService(r.PktSrc), awsService(r.PktDst))
	}
	b = appendNumbers(b, uint64(r.SrcPort), uint64(r.DstPort), uint64(r.Protocol))
	if s.Version == 5 {
		b = appendNumbers(b, uint64(r.Flags))
	}
	b = appendNumbers(b, r.Packets, r.Bytes, uint64(r.Start), uint64(r.End))
	if r.Rejected {
		return appendWords(b, "REJECT", string(OK))
	}
	return appendWords(b, "ACCEPT", string(OK))
}

// noTraffic returns the dashes of a NODATA or SKIPDATA line from srcaddr to bytes.
func (s *Site) noTraffic() string {
	_, after, _ := strings.Cut(columns[s.Version], " srcaddr ")
	traffic, _, _ := strings.Cut(after, " start ")
	return strings.Repeat(" -", 2+strings.Count(traffic, " "))
}

// appendInterface appends the fields of the interface, from region to type.
func (s *Site) appendInterface(b []byte, r *Record) []byte {
	h := r.Host
	if r.Status != OK {
		return appendWords(b, s.Region, s.VPC, h.Zone, h.Subnet, h.Instance, h.ENI, "-", "-", "-")
	}
	b = appendWords(b, s.Region, s.VPC, h.Zone, h.Subnet, h.Instance, h.ENI)
	switch {
	case !r.Egress:
		b = appendWords(b, "ingress", "-")
	case r.Path == 0:
		b = appendWords(b, "egress", "-")
	default:
		b = append(appendWords(b, "egress"), ' ', '0'+r.Path)
	}
	if r.Src.Is4() {
		return appendWords(b, "IPv4")
	}
	return appendWords(b, "IPv6")
}

func appendWords(b []byte, words ...string) []byte {
	for _, w := range words {
		b = append(append(b, ' '), w...)
	}
	return b
}

func appendAddrs(b []byte, addrs ...netip.Addr) []byte {
	for _, a := range addrs {
		b = a.AppendTo(append(b, ' '))
	}
	return b
}

func appendNumbers(b []byte, numbers ...uint64) []byte {
	for _, n := range numbers {
		b = strconv.AppendUint(append(b, ' '), n, 10)
	}
	return b
}
