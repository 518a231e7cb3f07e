// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package inventory knows which machine an internal address belongs to. Flow log records teach it interfaces and
// instances, and files add names, owners and tags. It never calls AWS.
package inventory

// Owner is the machine that an address belongs to. Unknown fields are empty.
type Owner struct {
	// Interface and Instance are AWS ids, such as eni-0123456789abcdef0 and i-0123456789abcdef0.
	Interface, Instance string
	Place
}

// Place is what many addresses share: where a machine runs, and what it belongs to. Unknown fields are empty.
type Place struct {
	// VPC, Subnet and Zone are AWS ids. Zone is an availability zone id, such as use1-az2.
	VPC, Subnet, Zone string
	// ECSCluster, ECSService and ECSTask are the names of the cluster and the service, and the id of the task.
	ECSCluster, ECSService, ECSTask string
	// InstanceTag, InterfaceTag and GroupTag are the tag values that version 11 records carry. GroupTag is the tag of
	// the Auto Scaling group.
	InstanceTag, InterfaceTag, GroupTag string
}

// Group returns the ECS service or, without one, the tag of the Auto Scaling group.
func (p Place) Group() string {
	if p.ECSService != "" {
		return p.ECSService
	}
	return p.GroupTag
}

// same reports whether two owners can be one machine: no id that both know differs.
func (o *Owner) same(other *Owner) bool {
	return compatible(o.Interface, other.Interface) && compatible(o.Instance, other.Instance)
}

// merge returns the owner with the known fields of a newer record.
func (o *Owner) merge(newer *Owner) Owner {
	return Owner{
		Interface: newest(o.Interface, newer.Interface),
		Instance:  newest(o.Instance, newer.Instance),
		Place: Place{
			VPC:          newest(o.VPC, newer.VPC),
			Subnet:       newest(o.Subnet, newer.Subnet),
			Zone:         newest(o.Zone, newer.Zone),
			ECSCluster:   newest(o.ECSCluster, newer.ECSCluster),
			ECSService:   newest(o.ECSService, newer.ECSService),
			ECSTask:      newest(o.ECSTask, newer.ECSTask),
			InstanceTag:  newest(o.InstanceTag, newer.InstanceTag),
			InterfaceTag: newest(o.InterfaceTag, newer.InterfaceTag),
			GroupTag:     newest(o.GroupTag, newer.GroupTag),
		},
	}
}

// newest returns the newer value if it is known.
func newest(older, newer string) string {
	if newer != "" {
		return newer
	}
	return older
}

func compatible(a, b string) bool { return a == b || a == "" || b == "" }
