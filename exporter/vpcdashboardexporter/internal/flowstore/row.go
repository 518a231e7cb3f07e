// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Row is a stored flow. Its columns have the names that AWS uses in Parquet files; class and the countries are added. An
// absent value is an empty text or 0.
type Row struct {
	// Start is in Unix seconds.
	Start int64 `json:"start"`
	// Source and Destination are the addresses of the packet: pkt-srcaddr and pkt-dstaddr, if the flow log has them.
	Source          string `json:"srcaddr"`
	Destination     string `json:"dstaddr"`
	SourcePort      int32  `json:"srcport"`
	DestinationPort int32  `json:"dstport"`
	Protocol        int32  `json:"protocol"`
	Packets         int64  `json:"packets"`
	Bytes           int64  `json:"bytes"`
	Action          string `json:"action"`
	Flags           int32  `json:"tcp_flags"`
	Direction       string `json:"flow_direction"`
	Account         string `json:"account_id"`
	Region          string `json:"region"`
	VPC             string `json:"vpc_id"`
	Subnet          string `json:"subnet_id"`
	Interface       string `json:"interface_id"`
	Instance        string `json:"instance_id"`
	Zone            string `json:"az_id"`
	// Class is the class of the flow, such as internal_to_external.
	Class string `json:"class"`
	// SourceCountry and DestinationCountry are codes of external addresses.
	SourceCountry      string `json:"src_country"`
	DestinationCountry string `json:"dst_country"`
}

// row converts a flow in memory to a stored one.
func (s *Store) row(e *entry, n *names) Row {
	r := Row{
		Start: e.time, Source: addressText(e.src), Destination: addressText(e.dst), SourcePort: int32(e.srcPort), DestinationPort: int32(e.dstPort),
		Protocol: int32(e.protocol), Packets: e.packets, Bytes: e.bytes, Flags: int32(e.flags),
		Account: n.account, Region: n.region, VPC: n.vpc, Subnet: n.subnet, Interface: n.networkInterface, Instance: n.instance, Zone: n.zone,
	}
	if e.action != flow.NoAction {
		r.Action = e.action.String()
	}
	if e.direction != flow.DirectionUnknown {
		r.Direction = e.direction.String()
	}
	if !e.src.IsValid() || !e.dst.IsValid() {
		return r
	}
	class := s.settings.Internal.Class(e.src, e.dst)
	r.Class = class.String()
	if class == network.ExternalToExternal || class == network.ExternalToInternal {
		r.SourceCountry = s.settings.Countries.Country(e.src)
	}
	if class == network.ExternalToExternal || class == network.InternalToExternal {
		r.DestinationCountry = s.settings.Countries.Country(e.dst)
	}
	return r
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
