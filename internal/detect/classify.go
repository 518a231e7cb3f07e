// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/portset"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// classifier decides which flows to evaluate and computes everything that does not depend on the state of a rule. It is
// immutable.
type classifier struct {
	internal     *network.Ranges
	services     *portset.Set
	evaluateHops bool
	maxFuture    int64 // seconds
}

func newClassifier(cfg *Config) classifier {
	return classifier{
		internal:     network.NewRanges(cfg.InternalNetworks),
		services:     newServices(cfg.ServicePorts),
		evaluateHops: cfg.EvaluateHops,
		maxFuture:    seconds(cfg.MaxFuture),
	}
}

// classify implements [Engine.Classify].
func (c *classifier) classify(f *flow.Flow, now int64, ev *Event) Skip {
	if reason := c.skip(f, now); reason == Hop && f.NamesGateway {
		ev.set(f)
		ev.hop = true
		return Evaluate
	} else if reason != Evaluate {
		return reason
	}
	ev.set(f)
	ev.src, ev.dst, ev.class = f.Src.As16(), f.Dst.As16(), c.internal.Class(f.Src, f.Dst)
	ev.role, ev.evidence = roleOf(f, c.services)
	ev.accepted = reachedDestination(f, ev.class)
	ev.kind = kindOf(ev.class, uint8(ev.role), resultOf(ev))
	ev.attempt = attemptKindOf(ev)
	return Evaluate
}

// year2010 is the least time of a flow, in Unix seconds. Flow logs began in 2015, so an earlier time is wrong.
const year2010 = 1262304000

func (c *classifier) skip(f *flow.Flow, now int64) Skip {
	switch {
	case f.Status == flow.NoData:
		return NoData
	case f.Status == flow.SkipData:
		return SkipData
	case !f.Src.IsValid() || !f.Dst.IsValid():
		return NoAddress
	case f.Time == 0:
		return NoTime
	case f.Time < year2010 || f.Time > now+c.maxFuture:
		return TimeOutOfRange
	case f.Hop && !c.evaluateHops:
		return Hop
	case f.Src == f.Dst:
		return SameAddress
	case special(f.Src) || special(f.Dst):
		return SpecialAddress
	}
	return Evaluate
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// special reports whether the address cannot belong to a single host on the network.
func special(a netip.Addr) bool {
	if a.Is4() {
		first := a.As4()[0]
		if first != 0 && first != 127 && first < 224 { // nearly all
			return false
		}
	}
	return a.IsLoopback() || a.IsMulticast() || a.IsUnspecified() || a == broadcast
}

// reachedDestination reports whether the traffic reached its destination. Inside the network, both interfaces may log the
// same packets: the source's says ACCEPT even if the destination's says REJECT. Only ingress counts there.
func reachedDestination(f *flow.Flow, class network.Class) bool {
	return f.Action == flow.Accept && (class != network.InternalToInternal || f.Direction != flow.Egress)
}

// Skip is the reason why a flow is counted but not evaluated.
type Skip uint8

// The reasons, in the order in which they are checked. Evaluate means that there is none.
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

// String returns the value of the metric attribute.
func (s Skip) String() string {
	return [numSkips]string{
		"evaluated", "nodata", "skipdata", "no_address", "no_time", "time_out_of_range", "hop", "same_address",
		"special_address",
	}[s]
}
