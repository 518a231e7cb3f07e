// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Skip says why a flow is counted and not evaluated.
type Skip uint8

// Evaluate is no reason to skip; the others stand in the order in which they are looked for.
const (
	Evaluate Skip = iota
	NoData
	SkipData
	NoAddress
	NoTime
	TimeOutOfRange
	Hop
	SameAddress
	SpecialAddress
	numSkips
)

// String gives the reason as metrics name it.
func (s Skip) String() string {
	return [numSkips]string{
		"evaluated", "nodata", "skipdata", "no_address", "no_time", "time_out_of_range", "hop", "same_address",
		"special_address",
	}[s]
}

// Role tells whether a flow asks or answers. A record is one direction of a conversation, so half of all records
// are replies, and taking a reply for an attempt is the commonest false alarm.
type Role uint8

// The roles. An accepted ping is Unknown: the ICMP type is not logged.
const (
	Unknown Role = iota
	Request
	Reply
	numRoles
)

// String gives the role as metrics name it.
func (r Role) String() string { return [numRoles]string{"unknown", "request", "reply"}[r] }

// Event is a flow with what the rules ask of it, worked out before any state is touched.
type Event struct {
	flow.Flow

	class    network.Class
	role     Role
	evidence alert.RoleEvidence // what the role was read from
	accepted bool               // for real: see acceptedForReal
	src, dst [16]byte

	// The rest belongs to Observe.
	scope   *scope
	late    bool
	ignored verdict
	country country // of the external side
	located bool    // country has been looked up
}

const (
	year2010 = 1262304000 // Unix seconds; flow logs began in 2015, an earlier time is a broken clock

	icmp   = 1
	tcp    = 6
	udp    = 17
	icmpV6 = 58

	syn = 2
	rst = 4
	ack = 16
)

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// Classify fills ev from f and says whether it is to be observed. It changes nothing else and may be called from many
// goroutines at once. now is the clock in Unix seconds, which only bounds how far ahead a flow's time may lie.
func (e *Engine) Classify(f *flow.Flow, now int64, ev *Event) Skip {
	if reason := e.skip(f, now); reason != Evaluate {
		return reason
	}
	*ev = Event{Flow: *f, src: f.Src.As16(), dst: f.Dst.As16(), class: e.internal.Class(f.Src, f.Dst)}
	ev.role, ev.evidence = e.role(f)
	ev.accepted = acceptedForReal(f, ev.class)
	return Evaluate
}

func (e *Engine) skip(f *flow.Flow, now int64) Skip {
	switch {
	case f.Status == flow.NoData:
		return NoData
	case f.Status == flow.SkipData:
		return SkipData
	case !f.Src.IsValid() || !f.Dst.IsValid():
		return NoAddress
	case f.Time == 0:
		return NoTime
	case f.Time < year2010 || f.Time > now+e.maxFuture:
		return TimeOutOfRange
	case f.Hop && !e.evaluateHops:
		return Hop
	case f.Src == f.Dst:
		return SameAddress
	case special(f.Src) || special(f.Dst):
		return SpecialAddress
	}
	return Evaluate
}

// special tells of an address that no host on the network has for itself.
func special(a netip.Addr) bool {
	return a.IsLoopback() || a.IsMulticast() || a.IsUnspecified() || a == broadcast
}

// acceptedForReal tells whether the traffic reached its destination. Inside the network both interfaces may log the
// same packets, and the source's says ACCEPT although the destination's says REJECT, so only ingress counts there.
func acceptedForReal(f *flow.Flow, class network.Class) bool {
	return f.Action == flow.Accept && (class != network.InternalToInternal || f.Direction != flow.Egress)
}

// role tells who started the conversation, from this record alone, so that it does not depend on arrival order.
func (e *Engine) role(f *flow.Flow) (Role, alert.RoleEvidence) {
	rejected := f.Action == flow.Reject
	if f.Protocol == tcp && f.Flags != 0 {
		switch {
		case f.Flags&(syn|ack) == syn:
			return Request, alert.ByFlags
		case f.Flags&(syn|ack) == syn|ack, f.Flags&syn == 0 && (f.Flags&rst != 0 || rejected):
			return Reply, alert.ByFlags
		}
	}
	if f.SrcPort == 0 && f.DstPort == 0 {
		if (f.Protocol == icmp || f.Protocol == icmpV6) && !rejected {
			return Unknown, alert.ByNone
		}
		return Request, alert.ByNone
	}
	return e.roleByPorts(f.SrcPort, f.DstPort, rejected), alert.ByPorts
}

func (e *Engine) roleByPorts(src, dst uint16, rejected bool) Role {
	from, to := e.service.has(src), e.service.has(dst)
	switch {
	case rejected && to, to && !from:
		return Request // a scanner may choose a service as its source port
	case from && !to, dst > src:
		return Reply
	default:
		return Request
	}
}
