// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package inventory finds the machine that an internal address belongs to. It learns interfaces and instances from flow
// log records, and reads names, owners and tags from files. It never calls AWS.
package inventory

import "github.com/vpcflow/otelcol-vpcflow/internal/flow"

// Owner is the machine that an address belongs to. Unknown fields are empty.
type Owner struct {
	// Interface and Instance are AWS ids, such as eni-0123456789abcdef0 and i-0123456789abcdef0.
	Interface, Instance string
	Place
}

// Place is the location of a machine and the groups that it belongs to. Many addresses have the same Place. Unknown fields are empty.
type Place struct {
	// Account is the AWS account id.
	Account string
	// VPC, Subnet and Zone are AWS ids. Zone is an availability zone id, such as use1-az2.
	VPC, Subnet, Zone string
	// ECSCluster, ECSService and ECSTask are the names of the cluster and the service, and the id of the task.
	ECSCluster, ECSService, ECSTask string
	// InstanceTag, InterfaceTag and GroupTag are the tag values in version 11 records. GroupTag is the tag of the Auto
	// Scaling group.
	InstanceTag, InterfaceTag, GroupTag string
}

// Group returns the ECS service, or else the tag of the Auto Scaling group.
func (p Place) Group() string {
	if p.ECSService != "" {
		return p.ECSService
	}
	return p.GroupTag
}

// OwnerOf returns what a flow says about the interface that logged it.
func OwnerOf(f *flow.Flow) Owner {
	return Owner{
		Interface: f.Interface,
		Instance:  f.Instance,
		Place: Place{
			Account: f.Account, VPC: f.VPC, Subnet: f.Subnet, Zone: f.Zone,
			ECSCluster: f.ECSCluster, ECSService: f.ECSService, ECSTask: f.ECSTask,
			InstanceTag: f.InstanceTag, InterfaceTag: f.InterfaceTag, GroupTag: f.GroupTag,
		},
	}
}

// Fields returns all fields, always in the same order.
func (o *Owner) Fields() [12]*string {
	var all [12]*string
	all[0], all[1] = &o.Interface, &o.Instance
	place := o.Place.fields()
	copy(all[2:], place[:])
	return all
}

// adds reports whether a newer observation of the machine has a value that differs from p or that p lacks.
func (p *Place) adds(newer *Place) bool {
	mine, others := p.fields(), newer.fields()
	for i := range mine {
		if differs(*mine[i], *others[i]) {
			return true
		}
	}
	return false
}

// addedBy is like adds with the place in a flow. It is called for each flow, so it collects no fields.
func (p *Place) addedBy(f *flow.Flow) bool {
	return differs(p.Account, f.Account) || differs(p.VPC, f.VPC) || differs(p.Subnet, f.Subnet) || differs(p.Zone, f.Zone) ||
		differs(p.ECSCluster, f.ECSCluster) || differs(p.ECSService, f.ECSService) || differs(p.ECSTask, f.ECSTask) ||
		differs(p.InstanceTag, f.InstanceTag) || differs(p.InterfaceTag, f.InterfaceTag) || differs(p.GroupTag, f.GroupTag)
}

// differs reports whether the newer value is known and not equal to the older one.
func differs(older, newer string) bool { return newer != "" && newer != older }

// merge copies all known fields of a newer observation of the machine.
func (p *Place) merge(newer *Place) {
	mine, others := p.fields(), newer.fields()
	for i := range mine {
		*mine[i] = newest(*mine[i], *others[i])
	}
}

func (p *Place) fields() [10]*string {
	return [...]*string{
		&p.Account, &p.VPC, &p.Subnet, &p.Zone, &p.ECSCluster, &p.ECSService, &p.ECSTask, &p.InstanceTag, &p.InterfaceTag, &p.GroupTag,
	}
}

// newest returns the newer value, or the older one if the newer one is unknown.
func newest(older, newer string) string {
	if newer != "" {
		return newer
	}
	return older
}

// compatible reports whether two ids may be the same: they are equal, or one is unknown.
func compatible(a, b string) bool { return a == b || a == "" || b == "" }
