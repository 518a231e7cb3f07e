// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
)

// identity is what is known about an internal address at one time: the machine by the inventory, and its name by the
// names files. Unknown fields are empty.
type identity struct {
	inventory.Owner
	inventory.Name
}

// identify returns what is known about an internal address of the event's scope at t, in Unix seconds.
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

// accountOf returns the account of a machine; empty if it is unknown. Within the scope of an account, it is that account.
func (s *shared) accountOf(ev *Event, owner *inventory.Owner) string {
	if owner.Account != "" || !s.byAccount {
		return owner.Account
	}
	return ev.scope.name
}
