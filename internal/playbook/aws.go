// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"net/netip"
	"regexp"
	"strings"
)

// The formats of AWS ids. Other text never becomes part of a command.
var (
	accountID   = regexp.MustCompile(`^\d{12}$`)
	regionID    = regexp.MustCompile(`^[a-z]{2}(-[a-z]{1,16}){1,3}-\d{1,2}$`)
	interfaceID = regexp.MustCompile(`^eni-[0-9a-f]{8,17}$`)
	instanceID  = regexp.MustCompile(`^i-[0-9a-f]{8,17}$`)
	subnetID    = regexp.MustCompile(`^subnet-[0-9a-f]{8,17}$`)
)

// ec2 returns an aws ec2 command in the alert's region, if that is known.
func (n *network) ec2(command string, flags ...string) string {
	return strings.Join(append([]string{"aws ec2 " + command + n.regionFlag()}, flags...), " ")
}

func (n *network) regionFlag() string {
	if !regionID.MatchString(n.Region) {
		return ""
	}
	return " --region " + n.Region
}

// table returns the flags that print the given columns, a list of JMESPath expressions, as a table.
func table(columns string) string {
	return `--query "` + columns + `" --output table`
}

// addressFilter returns a filter for the addresses of one family. The first address decides the family, because EC2
// combines filters with AND.
func addressFilter(ipv4, ipv6 string, addresses []netip.Addr) string {
	name := ipv4
	if addresses[0].Is6() {
		name = ipv6
	}
	var values []string
	for _, address := range addresses {
		if address.Is6() == addresses[0].Is6() {
			values = append(values, address.String())
		}
	}
	return "--filters Name=" + name + ",Values=" + strings.Join(values, ",")
}

// cidrFlag returns the flag of a network ACL entry for one address.
func cidrFlag(address netip.Addr) string {
	if address.Is4() {
		return "--cidr-block " + address.String() + "/32"
	}
	return "--ipv6-cidr-block " + address.String() + "/128"
}
