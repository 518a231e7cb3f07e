// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"fmt"
	"net/netip"
	"strings"
)

// changes returns the changes of security groups and network ACLs to consider, the smallest first.
func (n *network) changes() (steps []Step) {
	switch {
	case !n.source.IsValid():
		return nil
	case !n.sourceInside:
		return n.stopSource()
	case n.Rule == "new_exposed_service":
		return append(n.closePort(), n.isolate(n.source))
	case n.destination.IsValid() && !n.destinationInside:
		return []Step{
			n.denyEntry("--egress", n.destination, n.source, fmt.Sprintf("Consider blocking traffic to %s in the network ACL of the subnet", n.destination)),
			n.isolate(n.source),
		}
	case n.Rule == "new_internal_peer":
		return n.closePort()
	}
	return []Step{n.isolate(n.source)}
}

// stopSource stops an external source.
func (n *network) stopSource() (steps []Step) {
	title := "Consider blocking %s in the network ACL of the subnet"
	switch n.Rule {
	case "remote_service_brute_force", "malicious_remote_access":
		steps = n.closePort()
		if n.destinationInside && n.destination.IsValid() {
			defer func() { steps = append(steps, n.isolate(n.destination)) }()
		}
	case "remote_service_rejects":
		steps = n.closePort()
		title = "If it goes on, consider blocking %s in the network ACL of the subnet"
	case "external_reject_sweep":
		title = "If it goes on, consider blocking %s in the network ACL of the subnet"
	}
	return append(steps, n.denyEntry("--ingress", n.source, n.destination, fmt.Sprintf(title, n.source)))
}

// denyEntry blocks an address in the subnet of an internal one. Security groups cannot deny, so it needs a network ACL.
func (n *network) denyEntry(direction string, address, internal netip.Addr, title string) Step {
	subnet := n.machine(internal).Subnet
	if !subnetID.MatchString(subnet) {
		subnet = "SUBNET_ID"
	}
	return Step{
		Title: title,
		Command: n.ec2("create-network-acl-entry", "--network-acl-id ACL_ID", direction,
			"--rule-number 1 --protocol -1 --rule-action deny", cidrFlag(address)),
		Note: "This finds ACL_ID: " + n.ec2("describe-network-acls", "--filters Name=association.subnet-id,Values="+subnet,
			"--query 'NetworkAcls[].NetworkAclId'") + ". The entry affects the whole subnet.",
	}
}

// isolate moves an interface into a security group that allows nothing.
func (n *network) isolate(address netip.Addr) Step {
	eni := n.machine(address).Interface
	if !interfaceID.MatchString(eni) {
		eni = "INTERFACE_ID"
	}
	return Step{
		Title: fmt.Sprintf("If %s is compromised, isolate it with a security group without rules", address),
		Command: n.ec2("modify-network-interface-attribute",
			"--network-interface-id "+eni+" --groups QUARANTINE_GROUP_ID"),
		Note: "It replaces all security groups of the interface, so keep a list of them. Open connections may continue.",
	}
}

// maxPorts bounds the ports in a command.
const maxPorts = 5

// closePort finds and removes the rules of security groups that open the ports of the alert.
func (n *network) closePort() []Step {
	ports := n.ports()
	if len(ports) == 0 || len(ports) > maxPorts {
		return nil
	}
	conditions := []string{"IpProtocol==`\"-1\"`"}
	var names []string
	for _, port := range ports {
		conditions = append(conditions, fmt.Sprintf("FromPort<=`%d` && ToPort>=`%d`", port, port))
		names = append(names, strings.TrimSpace(fmt.Sprintf("%s port %d", remoteServices[port], port)))
	}
	condition, what := strings.Join(conditions, " || "), strings.Join(names, " and ")
	return []Step{
		{
			Title: "Find the security group rules that open " + what,
			Command: n.ec2("describe-security-group-rules",
				"--query 'SecurityGroupRules[?IsEgress==`false` && ("+condition+")]"+
					".[GroupId,SecurityGroupRuleId,IpProtocol,FromPort,ToPort,CidrIpv4,CidrIpv6,ReferencedGroupInfo.GroupId]' --output table"),
		},
		{
			Title: "Consider closing " + what + " by removing such a rule",
			Command: n.ec2("revoke-security-group-ingress",
				"--group-id GROUP_ID --security-group-rule-ids RULE_ID"),
		},
	}
}

// remoteServices names the default ports of the rules about remote services.
var remoteServices = map[uint16]string{22: "SSH", 3389: "RDP"}

// ports returns the ports of the service: those of the destination, or that of a source that answered.
func (n *network) ports() []uint16 {
	if n.Rule == "new_exposed_service" {
		return []uint16{n.SourcePort}
	}
	if n.DestinationPort != 0 {
		return []uint16{n.DestinationPort}
	}
	return n.DestinationPorts
}
