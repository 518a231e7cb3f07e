// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alerttext

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Source describes the source: its address, and its machine, country or autonomous system. It is empty if there is no
// single source.
func Source(a *alert.Alert) string {
	return side(a.Source, &a.SourceMachine, a.SourceCountry, a.SourceAS)
}

// Destination is like [Source] for the destination.
func Destination(a *alert.Alert) string {
	address := a.Destination
	if !address.IsValid() && len(a.Destinations) == 1 {
		address = a.Destinations[0]
	}
	return side(address, &a.DestinationMachine, a.DestinationCountry, a.DestinationAS)
}

func side(address netip.Addr, m *alert.Machine, country string, as alert.AS) string {
	if !address.IsValid() {
		return ""
	}
	if about := join(Machine(m), country, System(as)); about != "" {
		return address.String() + " (" + about + ")"
	}
	return address.String()
}

// Machine describes a machine, the most useful parts first: web-7, i-0123, group web, owner payments, eni-0123, ...
func Machine(m *alert.Machine) string {
	return join(m.Name, m.Instance, named("group", m.Group), named("owner", m.Owner), m.Interface, m.Subnet, m.VPC, m.Zone)
}

// System formats an autonomous system: AS64496 Example Networks.
func System(as alert.AS) string {
	number := ""
	if as.Number != 0 {
		number = fmt.Sprintf("AS%d", as.Number)
	}
	return strings.TrimSpace(number + " " + as.Organization)
}

// Name returns the name of a machine, or else the id of its instance.
func Name(m *alert.Machine) string { return cmp.Or(m.Name, m.Instance) }

func named(what, value string) string {
	if value == "" {
		return ""
	}
	return what + " " + value
}

func join(parts ...string) string {
	var given []string
	for _, part := range parts {
		if part != "" {
			given = append(given, part)
		}
	}
	return strings.Join(given, ", ")
}
