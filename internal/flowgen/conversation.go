// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "net/netip"

// IANA protocol numbers.
const (
	icmp uint8 = 1
	tcp  uint8 = 6
	udp  uint8 = 17
)

// Bits of tcp-flags. AWS shows ACK only together with SYN.
const (
	flagFIN    uint8 = 1
	flagSYN    uint8 = 2
	flagRST    uint8 = 4
	flagSYNACK uint8 = 18
)

// Volume is what was sent in one direction.
type Volume struct{ Packets, Bytes uint64 }

// Outcome is how a conversation's first packet fared.
type Outcome uint8

// The outcomes.
const (
	Answered    Outcome = iota // both sides talk
	Unanswered                 // let in, but nothing comes back
	Rejected                   // the receiver's security group or network ACL drops it
	Refused                    // the port is closed: the receiver answers RST
	Blocked                    // the sender's own security group or network ACL drops it
	Unsolicited                // a SYN-ACK that nobody asked for (backscatter of a forged SYN), dropped
)

// Conversation is what two endpoints say to each other over one set of ports.
type Conversation struct {
	Start, Seconds         int64 // Unix time of the first packet; how long until the last
	Client, Server         netip.Addr
	ClientPort, ServerPort uint16
	Protocol               uint8
	Outcome                Outcome
	Sent, Received         Volume // by the client
}

// records calls emit with each record that the site's interfaces log of c.
func (s *Site) records(c Conversation, emit func(Record)) {
	there := s.legs(c.Client, c.Server, c.ClientPort, c.ServerPort)
	first, last := flagSYN, flagFIN
	switch c.Outcome {
	case Unanswered, Rejected, Refused:
		last = 0
	case Blocked:
		there, last = there[:1], 0
	case Unsolicited:
		first, last = flagSYNACK, 0
	}
	for i, l := range there {
		dropped := i == len(there)-1 && (c.Outcome == Blocked || c.droppedAt(l))
		c.split(l, c.Sent, dropped, c.flags(first, last), emit)
	}

	first, last = flagSYNACK, flagFIN
	switch c.Outcome {
	case Refused:
		first, last = flagRST, 0
	case Unanswered, Rejected, Blocked, Unsolicited:
		return
	}
	for _, l := range s.legs(c.Server, c.Client, c.ServerPort, c.ClientPort) {
		c.split(l, c.Received, false, c.flags(first, last), emit)
	}
}

// droppedAt says whether the receiving interface l turns the packets away.
func (c Conversation) droppedAt(l leg) bool {
	return !l.egress && (c.Outcome == Rejected || c.Outcome == Unsolicited)
}

// flags gives the flags of the first and the last interval; only TCP has any.
func (c Conversation) flags(first, last uint8) [2]uint8 {
	if c.Protocol != tcp {
		return [2]uint8{}
	}
	return [2]uint8{first, last}
}

// split cuts one direction into the interface's aggregation intervals, sixty
// seconds each, giving each its share of the volume by time.
func (c Conversation) split(l leg, v Volume, rejected bool, flags [2]uint8, emit func(Record)) {
	r := Record{
		Host: l.host, Status: OK, Egress: l.egress, Rejected: rejected,
		Src: l.src, Dst: l.dst, PktSrc: l.pktSrc, PktDst: l.pktDst,
		SrcPort: l.srcPort, DstPort: l.dstPort, Protocol: c.Protocol, Path: l.path(),
	}
	if v.Packets == 0 {
		return
	}
	stop := c.Start + c.Seconds + 1
	var sent Volume
	for t, flag := c.Start, flags[0]; t < stop; t, flag = r.End+1, 0 {
		r.arrival = l.host.intervalEnd(t)
		r.Start, r.End = t, min(r.arrival, stop)-1
		upTo := c.sentBy(r.End+1, v)
		r.Packets, r.Bytes = upTo.Packets-sent.Packets, upTo.Bytes-sent.Bytes
		r.Flags = flag
		if r.End+1 == stop {
			r.Flags |= flags[1]
		}
		if r.Packets > 0 {
			emit(r)
			sent = upTo
		}
	}
}

// sentBy is the part of v that has gone before t; the first packet goes at once.
func (c Conversation) sentBy(t int64, v Volume) Volume {
	passed, all := uint64(t-c.Start), uint64(c.Seconds+1)
	packets := (v.Packets*passed + all - 1) / all
	return Volume{packets, v.Bytes * packets / v.Packets}
}

// intervalEnd is the end of the aggregation interval that holds t.
func (h *Host) intervalEnd(t int64) int64 {
	return t - (t-h.offset)%60 + 60
}

// path is the traffic-path of what leaves through l.
func (l leg) path() uint8 {
	const sameVPC, internetGateway = 1, 8
	switch {
	case !l.egress:
		return 0
	case inside(l.dst) || !l.host.Public:
		return sameVPC
	default:
		return internetGateway
	}
}
