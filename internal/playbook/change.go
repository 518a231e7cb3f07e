// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"fmt"
	"net/netip"
	"regexp"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// change returns the change of a security group or network ACL to consider.
func change(a *alert.Alert) (Step, bool) {
	switch {
	case !a.Source.IsValid():
		return Step{}, false
	case !internal(a, a.Source):
		return denySource(a), true
	case a.Destination.IsValid() && !internal(a, a.Destination):
		return denyDestination(a), true
	}
	return isolate(a), true
}

// denySource blocks an external source. Security groups cannot deny, so it needs a network ACL.
func denySource(a *alert.Alert) Step {
	return Step{fmt.Sprintf("Consider a network ACL entry that blocks %s", a.Source), denyEntry(a, "--ingress", a.Source)}
}

// denyDestination blocks an external destination.
func denyDestination(a *alert.Alert) Step {
	return Step{fmt.Sprintf("Consider a network ACL entry that blocks traffic to %s", a.Destination), denyEntry(a, "--egress", a.Destination)}
}

// denyEntry returns the command that adds an entry before all others.
func denyEntry(a *alert.Alert, direction string, address netip.Addr) string {
	return "aws ec2 create-network-acl-entry" + region(a) + " --network-acl-id ACL_ID " + direction +
		" --rule-number 1 --protocol -1 --rule-action deny " + cidr(address)
}

func cidr(address netip.Addr) string {
	if address.Is4() {
		return "--cidr-block " + address.String() + "/32"
	}
	return "--ipv6-cidr-block " + address.String() + "/128"
}

var interfaceID = regexp.MustCompile(`^eni-[0-9a-f]{8,17}$`)

// isolate moves the source into a security group that allows nothing.
func isolate(a *alert.Alert) Step {
	eni := "INTERFACE_ID"
	if interfaceID.MatchString(a.Interface) {
		eni = a.Interface
	}
	return Step{
		fmt.Sprintf("Consider isolating %s with a security group without rules", a.Source),
		"aws ec2 modify-network-interface-attribute" + region(a) + " --network-interface-id " + eni + " --groups QUARANTINE_GROUP_ID",
	}
}
