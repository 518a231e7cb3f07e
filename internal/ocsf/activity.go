// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsf

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// ClassActivity is the number of the class Network Activity.
const ClassActivity = 4001

// Activity converts a flow log record to a Network Activity. end is its end in Unix milliseconds; zero if unknown. It
// returns nil for a record with neither addresses nor an interface.
func Activity(f *flow.Flow, end int64) *Event {
	e := &Event{
		Metadata: metadata{
			Version: Version, Product: product{Name: "Amazon VPC", VendorName: "AWS", Feature: &feature{"Flowlogs"}},
			Profiles: []string{"cloud", "security_control"}, TenantUID: f.Account,
		},
		CategoryUID: 4, CategoryName: "Network Activity", ClassUID: ClassActivity, ClassName: "Network Activity",
		SeverityID: 1, Severity: "Informational", Time: millis(f.Time), StartTime: millis(f.Time), EndTime: end, Count: 1, StatusCode: f.Status.String(),
		Cloud:   cloudOf(f.Account, f.Region),
		Traffic: &traffic{f.Packets, f.Bytes},
	}
	e.Cloud.Zone = f.Zone
	activity := caption{6, "Traffic"}
	switch f.Action {
	case flow.Accept:
		e.ActionID, e.Action, e.DispositionID, e.Disposition = 1, "Allowed", 1, "Allowed"
	case flow.Reject:
		activity = caption{5, "Refuse"}
		e.ActionID, e.Action, e.DispositionID, e.Disposition = 2, "Denied", 2, "Blocked"
	}
	e.ActivityID, e.ActivityName = activity.id, activity.name
	e.TypeUID, e.TypeName = ClassActivity*100+activity.id, "Network Activity: "+activity.name

	e.SrcEndpoint = flowEndpoint(f.Src, f.SrcPort, f.InterfaceSrc())
	e.DstEndpoint = flowEndpoint(f.Dst, f.DstPort, f.InterfaceDst())
	own := &e.DstEndpoint
	if f.Direction == flow.Egress {
		own = &e.SrcEndpoint
	}
	if f.Interface != "" {
		if *own == nil {
			*own = new(endpoint)
		}
		(*own).InterfaceUID, (*own).InstanceUID, (*own).VPCUID, (*own).SubnetUID = f.Interface, f.Instance, f.VPC, f.Subnet
	}
	if e.SrcEndpoint == nil && e.DstEndpoint == nil {
		return nil
	}
	e.ConnectionInfo = connection(int(f.Direction))
	e.ConnectionInfo.ProtocolNum, e.ConnectionInfo.ProtocolName = new(int(f.Protocol)), flow.ProtocolName(f.Protocol)
	if f.FlagsLogged {
		e.ConnectionInfo.TCPFlags = new(int(f.Flags))
	}
	return e
}

// flowEndpoint describes a side of a flow. iface is its address at the interface.
func flowEndpoint(address netip.Addr, port uint16, iface netip.Addr) *endpoint {
	if !address.IsValid() {
		return nil
	}
	e := &endpoint{IP: address.String(), Port: port}
	if iface.IsValid() && iface != address {
		e.IntermediateIPs = []string{iface.String()}
	}
	return e
}
