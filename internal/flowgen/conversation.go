// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "net/netip"

// Bits of the field tcp-flags. AWS reports ACK only together with SYN.
const (
	flagFIN    uint8 = 1
	flagSYN    uint8 = 2
	flagRST    uint8 = 4
	flagSYNACK uint8 = 18
)

// Outcome is what happens to the first packet of a conversation.
type Outcome uint8

// The outcomes.
const (
	Answered    Outcome = iota // both sides send
	Unanswered                 // accepted, but nothing comes back
	Rejected                   // dropped by the receiver's security group or network ACL
	Refused                    // the port is closed: the receiver replies with RST
	Blocked                    // dropped by the sender's own security group or network ACL
	Unsolicited                // a SYN-ACK without a SYN (backscatter of a forged SYN), dropped
)

// Conversation is the traffic between two endpoints over one pair of ports.
type Conversation struct {
	Start, Seconds         int64 // Unix time of the first packet; seconds until the last
	Client, Server         netip.Addr
	ClientPort, ServerPort uint16
	Protocol               uint8
	Outcome                Outcome
	Sent, Received         Volume // by the client
}

// records calls emit for each record that the site's interfaces log for the conversation.
func (s *Site) records(c Conversation, emit func(Record)) {
	request := s.legs(c.Client, c.Server, c.ClientPort, c.ServerPort)
	first, last := flagSYN, flagFIN
	switch c.Outcome {
	case Unanswered, Rejected, Refused:
		last = 0
	case Blocked:
		request, last = request[:1], 0
	case Unsolicited:
		first, last = flagSYNACK, 0
	}
	for i, l := range request {
		dropped := i == len(request)-1 && (c.Outcome == Blocked || c.droppedAt(l))
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

// droppedAt reports whether l is a receiving interface that drops the packets.
func (c Conversation) droppedAt(l leg) bool {
	return !l.egress && (c.Outcome == Rejected || c.Outcome == Unsolicited)
}

// flags returns the flags of the first and the last interval. Only TCP has any.
func (c Conversation) flags(first, last uint8) [2]uint8 {
	if c.Protocol != tcp {
		return [2]uint8{}
	}
	return [2]uint8{first, last}
}

// split divides one direction into the interface's aggregation intervals of sixty seconds. Each interval gets a share
// of the volume in proportion to its duration.
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
	var next uint8 // of later intervals
	if c.Outcome != Answered {
		next = flags[0] // the packet is sent again
	}
	for t, flag := c.Start, flags[0]; t < stop; t, flag = r.End+1, next {
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

// sentBy returns the part of v that is sent before t. The first packet is sent at once.
func (c Conversation) sentBy(t int64, v Volume) Volume {
	passed, all := uint64(t-c.Start), uint64(c.Seconds+1)
	packets := (v.Packets*passed + all - 1) / all
	return Volume{packets, v.Bytes * packets / v.Packets}
}

// intervalEnd returns the end of the aggregation interval that contains t.
func (h *Host) intervalEnd(t int64) int64 {
	return t - (t-h.offset)%60 + 60
}

// path returns the traffic-path of packets that leave through l.
func (l leg) path() uint8 {
	const sameVPC, internetGateway = 1, 8
	switch {
	case !l.egress:
		return 0
	case isPrivate(l.dst) || !l.host.Public:
		return sameVPC
	default:
		return internetGateway
	}
}
