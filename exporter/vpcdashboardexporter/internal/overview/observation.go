// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// observation holds what the dashboard counts of one flow. It is made before the store is locked.
type observation struct {
	time                   int64
	totals                 traffic.Totals
	src, dst               netip.Addr
	class                  network.Class
	hasClass               bool // both addresses are known
	protocol               uint8
	servicePort            uint16 // zero for none
	srcCountry, dstCountry string // of external addresses
	// The names alias the flow's strings.
	account, networkInterface string
}

func newObservation(f *flow.Flow, internal *network.Ranges, countries network.Countries) observation {
	o := observation{
		time: f.Time, totals: traffic.Of(f), src: f.Src.WithZone(""), dst: f.Dst.WithZone(""), hasClass: f.Src.IsValid() && f.Dst.IsValid(),
		protocol: f.Protocol, servicePort: servicePort(f), account: f.Account, networkInterface: f.Interface,
	}
	if !o.hasClass {
		return o
	}
	o.class = internal.Class(o.src, o.dst)
	if o.class == network.ExternalToExternal || o.class == network.InternalToExternal {
		o.dstCountry = countries.Country(o.dst)
	}
	if o.class == network.ExternalToExternal || o.class == network.ExternalToInternal {
		o.srcCountry = countries.Country(o.src)
	}
	return o
}

const (
	tcp = 6
	syn = 2
	ack = 16
	// maxPrivilegedPort is the last of the ports that belong to services and are rarely chosen by clients.
	maxPrivilegedPort = 1023
)

// servicePort returns the port of the service: the destination port of a request, the source port of a reply. The TCP
// flags of a handshake distinguish the two. Otherwise, a privileged port is the service's, or else the lower one, because
// clients choose from the upper range.
func servicePort(f *flow.Flow) uint16 {
	if f.Protocol == tcp {
		switch f.Flags & (syn | ack) {
		case syn:
			return f.DstPort
		case syn | ack:
			return f.SrcPort
		}
	}
	if f.DstPort > maxPrivilegedPort && f.SrcPort != 0 && f.SrcPort < f.DstPort {
		return f.SrcPort
	}
	return f.DstPort
}
