// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"math"
	"net/netip"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// buffer holds the flows of one hour until they are written as a part.
type buffer struct {
	hour    int64
	number  uint64
	entries []entry
	// names are the different ids of the flows, index their positions. A part has at most partRows of them.
	names []names
	index map[names]uint32
	last  uint32 // names of the last flow
}

// entry is a flow in memory.
type entry struct {
	time, packets, bytes int64
	src, dst             netip.Addr
	srcPort, dstPort     uint16
	protocol, flags      uint8
	action               flow.Action
	direction            flow.Direction
	names                uint32
}

// names are the ids of a flow, which many flows share.
type names struct {
	account, region, vpc, subnet, networkInterface, instance, zone string
}

func (b *buffer) full() bool { return len(b.entries) >= partRows }

// add appends a flow.
func (b *buffer) add(f *flow.Flow) {
	b.entries = append(b.entries, entry{
		time: f.Time, packets: clamp(f.Packets), bytes: clamp(f.Bytes), src: f.Src.WithZone(""), dst: f.Dst.WithZone(""),
		srcPort: f.SrcPort, dstPort: f.DstPort, protocol: f.Protocol, flags: f.Flags, action: f.Action, direction: f.Direction,
		names: b.intern(f),
	})
}

// intern returns the position of the flow's ids. It copies ids that are new.
func (b *buffer) intern(f *flow.Flow) uint32 {
	key := names{f.Account, f.Region, f.VPC, f.Subnet, f.Interface, f.Instance, f.Zone}
	if len(b.names) > 0 && b.names[b.last] == key {
		return b.last
	}
	if i, ok := b.index[key]; ok {
		b.last = i
		return i
	}
	for _, s := range []*string{&key.account, &key.region, &key.vpc, &key.subnet, &key.networkInterface, &key.instance, &key.zone} {
		*s = strings.Clone(*s)
	}
	b.last = uint32(len(b.names))
	b.names = append(b.names, key)
	b.index[key] = b.last
	return b.last
}

// clamp converts a counter to the signed numbers of Parquet files of AWS.
func clamp(n uint64) int64 { return int64(min(n, math.MaxInt64)) }
