// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// network is an alert with the addresses that the steps need, and which of them are inside the user's network.
type network struct {
	*alert.Alert
	source, destination             netip.Addr
	sourceInside, destinationInside bool
	targets                         []netip.Addr // all destinations, accepted ones first
	inside                          []netip.Addr // the internal addresses of the alert, the source first
}

// maxAddresses bounds the addresses in a command or query.
const maxAddresses = 20

func newNetwork(a *alert.Alert) *network {
	n := &network{Alert: a, source: withoutZone(a.Source), destination: withoutZone(a.Destination)}
	n.sourceInside = n.source.IsValid() && (a.SourceMachine != alert.Machine{} || inside(n.source, a.SourceCountry, sourcesOf[a.Rule]))
	n.addTarget(a.Destination)
	for _, target := range a.AcceptedTargets {
		n.addTarget(target.Addr())
	}
	for _, address := range a.Destinations {
		n.addTarget(address)
	}
	n.destinationInside = len(n.targets) > 0 &&
		(a.DestinationMachine != alert.Machine{} || inside(n.targets[0], a.DestinationCountry, destinationsOf[a.Rule]))
	if n.sourceInside {
		n.inside = append(n.inside, n.source)
	}
	if n.destinationInside {
		for _, address := range n.targets {
			if address != n.source && len(n.inside) < maxAddresses {
				n.inside = append(n.inside, address)
			}
		}
	}
	return n
}

func (n *network) addTarget(address netip.Addr) {
	if address = withoutZone(address); address.IsValid() && !slices.Contains(n.targets, address) && len(n.targets) < maxAddresses {
		n.targets = append(n.targets, address)
	}
}

// machine returns what is known about the machine of an address.
func (n *network) machine(address netip.Addr) *alert.Machine {
	switch address {
	case n.source:
		return &n.SourceMachine
	case n.destination:
		return &n.DestinationMachine
	}
	return &alert.Machine{}
}

// withoutZone removes the zone of an IPv6 address, which is free text.
func withoutZone(address netip.Addr) netip.Addr { return address.WithZone("").Unmap() }

// side says where the sources or destinations of a rule are.
type side int

const (
	anySide side = iota
	internal
	external
)

// sourcesOf and destinationsOf give the side on which the sources and destinations of a rule always are. They take
// precedence over the address, because the user's network may have public addresses.
var (
	sourcesOf = map[string]side{
		"rejected_internal_scan": internal, "internal_port_scan": internal, "internal_reject_sweep": internal, "new_internal_peer": internal,
		"dns_not_over_udp": internal, "suspicious_destination": internal, "unusual_country": internal, "large_outbound_transfer": internal,
		"attack_sequence":    internal,
		"external_port_scan": external, "external_reject_sweep": external, "malicious_remote_access": external,
		"outbound_scan": internal, "internal_sweep": internal, "failed_callbacks": internal, "outbound_flood": internal, "external_sweep": external,
		"new_exposed_service": internal, "long_connection": internal,
	}
	destinationsOf = map[string]side{
		"rejected_internal_scan": internal, "internal_port_scan": internal, "internal_reject_sweep": internal, "new_internal_peer": internal,
		"external_port_scan": internal, "external_reject_sweep": internal, "malicious_remote_access": internal,
		"remote_service_brute_force": internal, "remote_service_rejects": internal, "excessive_inbound_icmp": internal,
		"suspicious_destination": external, "unusual_country": external, "large_outbound_transfer": external,
		"outbound_scan": external, "internal_sweep": internal, "failed_callbacks": external, "outbound_flood": external, "external_sweep": internal,
		"new_exposed_service": external, "long_connection": external,
	}
)

// inside reports whether an address belongs to the user's network. Only external addresses have a country.
func inside(address netip.Addr, country string, known side) bool {
	switch {
	case known != anySide:
		return known == internal
	case country != "":
		return false
	}
	return address.IsPrivate() || address.IsLinkLocalUnicast() || shared.Contains(address)
}

// shared is the address space of carrier-grade NAT, which AWS networks use as private addresses.
var shared = netip.MustParsePrefix("100.64.0.0/10")
