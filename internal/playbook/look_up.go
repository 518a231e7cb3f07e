// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// lookUps returns the commands that find the machines behind the internal addresses.
func (n *network) lookUps() []Step {
	if len(n.inside) == 0 {
		return nil
	}
	first, others := n.inside[:1], n.inside[1:]
	if !n.sourceInside {
		first, others = n.inside, nil
	}
	steps := []Step{
		{
			Title: "Find the network interface and the security groups of " + list(first), Command: n.describeInterfaces(first),
			Note: "No output means that the address is not in this account and region. It may be behind a VPN or a peering connection.",
		},
		{
			Title: "Find the instance and its IAM role", Command: n.describeInstances(first),
			Note: "No output means that the address belongs to a load balancer, a container or a managed service: see the description of the interface.",
		},
	}
	if len(others) > 0 {
		steps = append(steps, Step{
			Title: "Find the network interfaces of the targets: " + list(others), Command: n.describeInterfaces(others),
		})
	}
	return steps
}

// list formats addresses: 10.0.0.1 and 2 others.
func list(addresses []netip.Addr) string {
	text := addresses[0].String()
	if more := len(addresses) - 1; more > 0 {
		text += " and " + humanize.Count(more, "other", "others")
	}
	return text
}

func (n *network) describeInterfaces(addresses []netip.Addr) string {
	return n.ec2("describe-network-interfaces",
		addressFilter("addresses.private-ip-address", "ipv6-addresses.ipv6-address", addresses),
		table("NetworkInterfaces[].[PrivateIpAddress,NetworkInterfaceId,Attachment.InstanceId,VpcId,SubnetId,join(',',Groups[].GroupId),Description]"))
}

func (n *network) describeInstances(addresses []netip.Addr) string {
	filter := addressFilter("network-interface.addresses.private-ip-address", "network-interface.ipv6-addresses.ipv6-address", addresses)
	if instance := n.machine(addresses[0]).Instance; len(addresses) == 1 && instanceID.MatchString(instance) {
		filter = "--instance-ids " + instance
	}
	return n.ec2("describe-instances", filter,
		table("Reservations[].Instances[].[PrivateIpAddress,InstanceId,State.Name,LaunchTime,IamInstanceProfile.Arn,Tags[?Key=='Name']|[0].Value]"))
}
