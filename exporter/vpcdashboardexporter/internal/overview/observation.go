// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// sighting is what there is to count of a flow, worked out before the store is locked.
type sighting struct {
	time     int64
	sums     Sums
	src, dst netip.Addr
	class    network.Class
	// classed says that both addresses are known.
	classed  bool
	protocol uint8
	port     uint16 // of the service; zero for none
	// from and to are the countries of external addresses.
	from, to string
	// The names are those of the flow, which do not stay.
	account, iface string
}

func (s *Store) sight(f *flow.Flow) sighting {
	seen := sighting{
		time: f.Time, sums: sumsOf(f), src: f.Src.WithZone(""), dst: f.Dst.WithZone(""), classed: f.Src.IsValid() && f.Dst.IsValid(),
		protocol: f.Protocol, port: servicePort(f), account: f.Account, iface: f.Interface,
	}
	if seen.classed {
		seen.class = s.set.Internal.Class(seen.src, seen.dst)
		if seen.class&1 == 0 { // to external
			seen.to = s.set.Countries.Country(seen.dst)
		}
		if seen.class < network.InternalToExternal { // from external
			seen.from = s.set.Countries.Country(seen.src)
		}
	}
	return seen
}

const (
	tcp = 6
	syn = 2
	ack = 16
	// privileged are the ports below: services of old, and hardly ever the port of one who asks.
	privileged = 1024
)

// servicePort is the port that was asked for: of a request the destination's, of a reply the source's. The flags of a
// handshake tell them apart. Where they do not, it is a privileged port, or else the lower one: those who ask take
// theirs from the upper range.
func servicePort(f *flow.Flow) uint16 {
	if f.Protocol == tcp {
		switch f.Flags & (syn | ack) {
		case syn:
			return f.DstPort
		case syn | ack:
			return f.SrcPort
		}
	}
	if f.DstPort >= privileged && f.SrcPort != 0 && f.SrcPort < f.DstPort {
		return f.SrcPort
	}
	return f.DstPort
}
