// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package playbook suggests the next steps for an alert: AWS commands and queries, ready to paste. Values from flow logs
// are checked or quoted, so that a hostile name cannot become a command.
package playbook

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Step is one thing to do.
type Step struct {
	// Title says what the step is for, in one phrase.
	Title string
	// Command is the text to paste: a shell command or a query. Words in capital letters, such as ACL_ID, are to be replaced.
	Command string
}

// rulesURL is where the rules are documented.
const rulesURL = "https://github.com/vpcflow/otelcol-vpcflow/blob/main/docs/rules.md"

// RuleURL returns the address of a rule's documentation. An id that cannot be a rule's gives that of the whole page.
func RuleURL(rule string) string {
	if !ruleID.MatchString(rule) {
		return rulesURL
	}
	return rulesURL + "#" + rule
}

var (
	ruleID     = regexp.MustCompile(`^[a-z0-9_]{1,64}$`)
	regionID   = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d{1,2}$`)
	instanceID = regexp.MustCompile(`^i-[0-9a-f]{8,17}$`)
)

// maxAddresses bounds the addresses in a command or query.
const maxAddresses = 20

// Steps returns the next steps for an alert, in the order in which to take them.
func Steps(a *alert.Alert) []Step {
	inside := internalSides(a)
	var steps []Step
	if len(inside) > 0 {
		steps = append(steps,
			Step{"Find the network interface and its security groups", describeInterfaces(a, inside)},
			Step{"Find the instance", describeInstances(a, inside)},
		)
	}
	if change, ok := change(a); ok {
		steps = append(steps, change)
	}
	return append(steps,
		Step{"List the flows in Athena", athena(a)},
		Step{"List the flows in CloudWatch Logs", insights(a)},
	)
}

// internalSides returns the internal addresses of the alert, the source first.
func internalSides(a *alert.Alert) (inside []netip.Addr) {
	for _, address := range slices.Concat([]netip.Addr{a.Source, a.Destination}, a.Destinations) {
		if internal(a, address) && !slices.Contains(inside, address) && len(inside) < maxAddresses {
			inside = append(inside, address)
		}
	}
	return inside
}

// internal reports whether an address of the alert belongs to the user's network. Only external sides have a country.
func internal(a *alert.Alert, address netip.Addr) bool {
	switch {
	case !address.IsValid():
		return false
	case address == a.Source && a.SourceCountry != "", address != a.Source && a.DestinationCountry != "":
		return false
	}
	return address.IsPrivate() || address.IsLinkLocalUnicast() || shared.Contains(address)
}

// shared is the address space of carrier-grade NAT, which AWS networks use as private addresses.
var shared = netip.MustParsePrefix("100.64.0.0/10")

func describeInterfaces(a *alert.Alert, inside []netip.Addr) string {
	return "aws ec2 describe-network-interfaces" + region(a) + " --filters " +
		addressFilter("addresses.private-ip-address", "ipv6-addresses.ipv6-address", inside)
}

func describeInstances(a *alert.Alert, inside []netip.Addr) string {
	if instanceID.MatchString(a.Instance) {
		return "aws ec2 describe-instances" + region(a) + " --instance-ids " + a.Instance
	}
	return "aws ec2 describe-instances" + region(a) + " --filters " +
		addressFilter("network-interface.addresses.private-ip-address", "network-interface.ipv6-addresses.ipv6-address", inside)
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
	return "Name=" + name + ",Values=" + strings.Join(values, ",")
}

// region returns the --region flag, if the alert has a region.
func region(a *alert.Alert) string {
	if !regionID.MatchString(a.Region) {
		return ""
	}
	return " --region " + a.Region
}
