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
	Start int64 `parquet:"start,delta" json:"start"`
	// Source and Destination are the addresses of the packet: pkt-srcaddr and pkt-dstaddr, if the flow log has them.
	Source          string `parquet:"srcaddr,dict" json:"srcaddr"`
	Destination     string `parquet:"dstaddr,dict" json:"dstaddr"`
	SourcePort      int32  `parquet:"srcport,dict" json:"srcport"`
	DestinationPort int32  `parquet:"dstport,dict" json:"dstport"`
	Protocol        int32  `parquet:"protocol,dict" json:"protocol"`
	Packets         int64  `parquet:"packets" json:"packets"`
	Bytes           int64  `parquet:"bytes" json:"bytes"`
	Action          string `parquet:"action,dict" json:"action"`
	Flags           int32  `parquet:"tcp_flags,dict" json:"tcp_flags"`
	Direction       string `parquet:"flow_direction,dict" json:"flow_direction"`
	Account         string `parquet:"account_id,dict" json:"account_id"`
	Region          string `parquet:"region,dict" json:"region"`
	VPC             string `parquet:"vpc_id,dict" json:"vpc_id"`
	Subnet          string `parquet:"subnet_id,dict" json:"subnet_id"`
	Interface       string `parquet:"interface_id,dict" json:"interface_id"`
	Instance        string `parquet:"instance_id,dict" json:"instance_id"`
	Zone            string `parquet:"az_id,dict" json:"az_id"`
	// Class is the class of the flow, such as internal_to_external.
	Class string `parquet:"class,dict" json:"class"`
	// SourceCountry and DestinationCountry are codes of external addresses.
	SourceCountry      string `parquet:"src_country,dict" json:"src_country"`
	DestinationCountry string `parquet:"dst_country,dict" json:"dst_country"`
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
