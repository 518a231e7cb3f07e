// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// side is one end of a flow.
type side uint8

const (
	sourceSide side = iota
	destinationSide
)

// addSides adds the machines and systems of the source and of a single destination, as known at the time of the alert.
// The addresses must be set. If the measure is a lower bound, the only destination in the evidence may not be the only
// one.
func (b *base) addSides(ev *Event, class network.Class, a *alert.Alert, lowerBound bool) {
	source, destination := a.Source, a.Destination
	if !destination.IsValid() && len(a.Destinations) == 1 && !lowerBound {
		destination = a.Destinations[0]
	}
	if class == network.ExternalToInternal {
		a.SourceAS = b.shared.system(source)
	} else {
		a.SourceMachine = b.shared.machine(ev, source, a.Time)
	}
	if destination.IsValid() {
		if class == network.InternalToExternal {
			a.DestinationAS = b.shared.system(destination)
		} else {
			a.DestinationMachine = b.shared.machine(ev, destination, a.Time)
		}
	}
	subject := &a.SourceMachine
	if b.subject == destinationSide || b.isCustom && class == network.ExternalToInternal {
		subject = &a.DestinationMachine
	}
	a.Instance = subject.Instance
	if !b.group.has(hasInterface) {
		a.Interface = subject.Interface
	}
	if !b.group.has(hasVPC) {
		a.VPC = subject.VPC
	}
}

// copySides copies what addSides adds.
func copySides(to, from *alert.Alert) {
	to.SourceAS, to.SourceMachine = from.SourceAS, from.SourceMachine
	to.DestinationAS, to.DestinationMachine = from.DestinationAS, from.DestinationMachine
	to.VPC, to.Interface, to.Instance = from.VPC, from.Interface, from.Instance
}

// machine returns what an alert shows of an internal address.
func (s *shared) machine(ev *Event, a netip.Addr, t int64) alert.Machine {
	id := s.identify(ev, a, t)
	return alert.Machine{
		Interface: id.Interface, Instance: id.Instance, VPC: id.VPC, Subnet: id.Subnet, Zone: id.Zone, Group: id.Group(),
		Name: id.Name.Name, Owner: id.Name.Owner,
	}
}

// system returns the autonomous system of an external address.
func (s *shared) system(a netip.Addr) alert.AS {
	if s.systems == nil {
		return alert.AS{}
	}
	number, organization := s.systems.AS(a)
	return alert.AS{Number: number, Organization: names.Clean(organization)}
}

// identity describes an internal address at one time: its machine from the inventory, and its name from the names
// files. Unknown fields are empty.
type identity struct {
	inventory.Owner
	inventory.Name
}

// identify returns the identity of an internal address in the scope of the event at t, in Unix seconds.
func (s *shared) identify(ev *Event, a netip.Addr, t int64) identity {
	var id identity
	id.Owner, _ = s.hosts.at(ev.scope.id, a, t)
	if s.hostNames.Len() > 0 {
		id.Name = s.hostNames.Lookup(inventory.Machine{
			Address: a, Interface: id.Interface, Instance: id.Instance, VPC: id.VPC, Account: s.accountOf(ev, &id.Owner),
		})
	}
	return id
}

// accountOf returns the account of a machine, or an empty string if it is unknown. If each account is a scope, it is
// the name of the scope.
func (s *shared) accountOf(ev *Event, owner *inventory.Owner) string {
	if owner.Account != "" || !s.byAccount {
		return owner.Account
	}
	return ev.scope.name
}
