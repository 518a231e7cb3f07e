// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsf

import (
	"cmp"
	"net/netip"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// observables lists the addresses, ports and machines of an alert.
func observables(a *alert.Alert) (list []observable) {
	addresses := func(name string, addresses ...netip.Addr) {
		for _, address := range addresses[:min(len(addresses), alert.MaxList)] {
			if address.IsValid() {
				list = append(list, observable{name, 2, "IP Address", address.String()})
			}
		}
	}
	ports := func(name string, ports ...uint16) {
		for _, port := range ports[:min(len(ports), alert.MaxList)] {
			if port != 0 {
				list = append(list, observable{name, 11, "Port", strconv.Itoa(int(port))})
			}
		}
	}
	addresses("evidences[].src_endpoint.ip", a.Source)
	addresses("evidences[].dst_endpoint.ip", a.Destination)
	ports("evidences[].src_endpoint.port", a.SourcePort)
	ports("evidences[].dst_endpoint.port", a.DestinationPort)
	addresses("unmapped.sources", a.Sources...)
	addresses("unmapped.destinations", a.Destinations...)
	ports("unmapped.destination_ports", a.DestinationPorts...)
	addresses("osint[].value", a.Indicator)
	for _, r := range resources(a) {
		list = append(list, observable{"resources[].uid", 10, "Resource UID", r.UID})
	}
	return list
}

// resources lists the machines that the inventory knows, or else the subject.
func resources(a *alert.Alert) (list []resource) {
	add := func(address netip.Addr, m alert.Machine, role caption) {
		r := resource{UID: cmp.Or(m.Instance, m.Interface), Name: m.Name, RoleID: role.id, Role: role.name, Region: a.Region, Zone: m.Zone}
		if r.UID == "" {
			return
		}
		r.Type = "AWS::EC2::NetworkInterface"
		if m.Instance != "" {
			r.Type = "AWS::EC2::Instance"
		}
		if address.IsValid() {
			r.IP = address.String()
		}
		if m.Owner != "" {
			r.Owner = &named{m.Owner}
		}
		if m.Group != "" {
			r.Group = &named{m.Group}
		}
		list = append(list, r)
	}
	add(a.Source, a.SourceMachine, caption{2, "Actor"})
	add(a.Destination, a.DestinationMachine, caption{1, "Target"})
	if len(list) == 0 {
		add(netip.Addr{}, alert.Machine{Instance: a.Instance, Interface: a.Interface, VPC: a.VPC}, caption{3, "Affected"})
	}
	return list
}

// unmapped has the values for which the schema has no attribute.
func unmapped(a *alert.Alert) map[string]any {
	fields := map[string]any{}
	put := func(name string, value any, isSet bool) {
		if isSet {
			fields[name] = value
		}
	}
	put("measure", a.Measure, a.Measure != 0)
	put("threshold", a.Threshold, a.Threshold != 0)
	put("unit", a.Unit, a.Unit != "")
	put("window_seconds", a.Window, a.Window != 0)
	put("accepted_flows", a.AcceptedFlows, a.AcceptedFlows != 0)
	put("rejected_flows", a.RejectedFlows, a.RejectedFlows != 0)
	put("sources", a.Sources[:min(len(a.Sources), alert.MaxList)], len(a.Sources) > 0)
	put("destinations", a.Destinations[:min(len(a.Destinations), alert.MaxList)], len(a.Destinations) > 0)
	put("destination_ports", a.DestinationPorts[:min(len(a.DestinationPorts), alert.MaxList)], len(a.DestinationPorts) > 0)
	put("accepted_targets", a.AcceptedTargets[:min(len(a.AcceptedTargets), alert.MaxList)], len(a.AcceptedTargets) > 0)
	put("truncated", true, a.Truncated)
	put("stages", a.Stages, len(a.Stages) > 0)
	put("ruleset", a.Ruleset, a.Ruleset != "")
	put("dry_run", true, a.DryRun)
	put("episode", map[string]int64{
		"measure": a.Episode.Measure, "flows": a.Episode.Flows, "packets": a.Episode.Packets, "bytes": a.Episode.Bytes, "seconds": a.Episode.Seconds,
	}, a.Episode != alert.Totals{})
	return fields
}
