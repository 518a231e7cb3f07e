// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// connection changes a flow to a part of a TCP connection: an attempt, an answer or a refusal of an earlier one, or data.
func (c *randomCase) connection(f, before *flow.Flow) {
	f.Time = before.Time + pick[int64](c, 0, 0, 1, 3, 20, 61)
	if c.oneIn(60) {
		f.Time += pick[int64](c, 120, 300, 1800)
	}
	f.Protocol, f.Action, f.FlagsLogged = 6, flow.Accept, !c.unlogged
	inside, outside := pick(c, "10.0.0.1", "10.0.0.2", "fd00::1"), pick(c, "203.0.113.1", "203.0.113.7", "2001:db8::7")
	f.Src, f.Dst = netip.MustParseAddr(inside), netip.MustParseAddr(outside)
	if c.oneIn(3) {
		f.Dst = netip.MustParseAddr(pick(c, "10.0.0.2", "10.0.0.3", "10.0.0.4"))
	}
	f.SrcPort, f.DstPort = uint16(50000+c.IntN(4)), pick[uint16](c, 22, 443, 445)
	switch c.IntN(9) {
	case 0, 1, 2, 3:
		c.attempt(f)
	case 4, 5, 6:
		c.response(f)
	case 7:
		c.again(f)
	case 8:
		f.Flags, f.Packets, f.Bytes = pick[uint8](c, 0, 2, 3, 18), 1+c.Uint64N(80), 1+c.Uint64N(9000)
		if c.oneIn(2) {
			f.Src, f.Dst = f.Dst, f.Src
		}
		if c.oneIn(3) {
			f.SrcPort, f.DstPort = f.DstPort, f.SrcPort
		}
	}
	if c.unlogged {
		f.Flags = 0
	}
}

// attempt changes a flow to an attempt that has almost too much data, or just too much.
func (c *randomCase) attempt(f *flow.Flow) {
	f.Flags, f.Packets = pick[uint8](c, 2, 2, 2, 2, 6, 3, 18), pick[uint64](c, 1, 1, 1, 3, 7, 8)
	f.Bytes = f.Packets*pick[uint64](c, 40, 44, 64, 84) + pick[uint64](c, 0, 0, 0, 1)
	if c.oneIn(5) {
		f.Action = flow.Reject
	}
}

// response changes a flow to an answer or a refusal. It belongs to a recent flow, in or out of the time for an answer.
func (c *randomCase) response(f *flow.Flow) {
	if to := c.recent(); to != nil {
		f.Src, f.Dst, f.SrcPort, f.DstPort = to.Dst, to.Src, to.DstPort, to.SrcPort
		f.Account, f.VPC = to.Account, to.VPC
		f.Time = to.Time + pick[int64](c, -121, -120, -119, 0, 0, 1, 119, 120, 121, 122)
	}
	f.Flags, f.Packets = pick[uint8](c, 18, 18, 4, 4, 20, 16, 0), pick[uint64](c, 1, 2, 2, 3, 9)
	f.Bytes = f.Packets*pick[uint64](c, 40, 44, 60, 64, 80) + pick[uint64](c, 0, 0, 1)
}

// again changes a flow to the record of another interface, or to a SYN that is sent again.
func (c *randomCase) again(f *flow.Flow) {
	if former := c.recent(); former != nil {
		*f = *former
		f.Time += pick[int64](c, -121, -120, -1, 0, 0, 1, 119, 120, 121)
		f.Interface, f.Direction = pick(c, "eni-1", "eni-2"), pick(c, flow.DirectionUnknown, flow.Ingress, flow.Egress)
		if c.oneIn(4) {
			f.Action = pick(c, flow.Accept, flow.Reject)
		}
	}
}

// recent returns one of the last flows, or nil.
func (c *randomCase) recent() *flow.Flow {
	if len(c.flows) == 0 {
		return nil
	}
	last := &c.flows[len(c.flows)-1-c.IntN(min(len(c.flows), 8))]
	if !last.Src.IsValid() || !last.Dst.IsValid() {
		return nil
	}
	return last
}

// flooding changes a flow to one of many packets in one direction, or to packets that come back.
func (c *randomCase) flooding(f, before *flow.Flow) {
	f.Time = before.Time + pick[int64](c, 0, 1, 5, 30)
	if c.oneIn(40) {
		f.Time += pick[int64](c, 120, 300, 1800)
	}
	f.Protocol, f.Flags, f.Action = pick[uint8](c, 17, 1), 0, flow.Accept
	f.Src, f.Dst = netip.MustParseAddr(pick(c, "10.0.0.1", "10.0.0.2")), netip.MustParseAddr(pick(c, "203.0.113.1", "203.0.113.7"))
	f.SrcPort, f.DstPort, f.Packets = 50000, 443, c.Uint64N(60)
	switch {
	case f.Protocol == 1:
		f.SrcPort, f.DstPort = 0, 0
	case c.oneIn(8):
		f.Packets = 1 + c.Uint64N(20)
		f.SrcPort, f.DstPort = f.DstPort, f.SrcPort
	}
	if c.oneIn(4) {
		f.Src, f.Dst, f.SrcPort, f.DstPort = f.Dst, f.Src, f.DstPort, f.SrcPort
		f.Packets = 1 + c.Uint64N(20)
	}
	if c.oneIn(20) {
		f.Action = pick(c, flow.NoAction, flow.Reject)
	}
}

// dropDirection removes the flows of one direction, so that the logs are one-way.
func (c *randomCase) dropDirection() {
	inward := c.oneIn(2)
	kept := c.flows[:0]
	for _, f := range c.flows {
		if f.Dst.IsValid() && f.Dst.IsPrivate() != inward || c.oneIn(100) {
			kept = append(kept, f)
		}
	}
	c.flows = kept
}
