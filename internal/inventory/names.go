// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// Name is the name of a machine for people. Unknown fields are empty.
type Name struct {
	Name, Owner, Environment string
	Tags                     map[string]string
}

// NameEntry gives a name to the machines that match all its parts. A part is ignored for a machine for which it is
// unknown.
type NameEntry struct {
	// Prefix is an address or a CIDR. It is invalid when the entry has none.
	Prefix netip.Prefix
	// Interface, Instance, VPC and Account are AWS ids. Empty means any.
	Interface, Instance, VPC, Account string
	Name
}

// Machine describes the machine whose name Lookup finds. Unknown fields are empty.
type Machine struct {
	Address                           netip.Addr
	Interface, Instance, VPC, Account string
}

// Names finds the names of machines. It is immutable and safe for concurrent use. A nil *Names has no entries.
type Names struct {
	interfaces, instances, vpcs, accounts map[string][]*NameEntry
	prefixes                              bart.Table[[]*NameEntry]
	size                                  int
}

// NewNames returns a table of the entries. Earlier entries take precedence over later ones of the same kind.
func NewNames(entries []NameEntry) *Names {
	n := &Names{
		interfaces: map[string][]*NameEntry{},
		instances:  map[string][]*NameEntry{},
		vpcs:       map[string][]*NameEntry{},
		accounts:   map[string][]*NameEntry{},
		size:       len(entries),
	}
	for i := range entries {
		n.add(&entries[i])
	}
	return n
}

// add adds the entry under each of its specific parts, because a record may lack some of them.
func (n *Names) add(e *NameEntry) {
	if e.Interface != "" {
		n.interfaces[e.Interface] = append(n.interfaces[e.Interface], e)
	}
	if e.Instance != "" {
		n.instances[e.Instance] = append(n.instances[e.Instance], e)
	}
	if e.Prefix.IsValid() {
		known, _ := n.prefixes.Get(e.Prefix.Masked())
		n.prefixes.Insert(e.Prefix.Masked(), append(slices.Clip(known), e))
	}
	if e.Interface != "" || e.Instance != "" || e.Prefix.IsValid() {
		return
	}
	if e.VPC != "" {
		n.vpcs[e.VPC] = append(n.vpcs[e.VPC], e)
		return
	}
	n.accounts[e.Account] = append(n.accounts[e.Account], e)
}

// Len returns the number of entries.
func (n *Names) Len() int {
	if n == nil {
		return 0
	}
	return n.size
}

// Lookup returns the name of a machine. The most specific entry decides: interface, then instance, then the longest
// prefix, then VPC, then account. Less specific entries fill the fields that are still empty.
func (n *Names) Lookup(m Machine) Name {
	var found Name
	if n == nil {
		return found
	}
	for _, e := range n.matches(m) {
		if e.matches(m) {
			found.fill(&e.Name)
		}
	}
	return found
}

// matches returns the entries that may match, the most specific first.
func (n *Names) matches(m Machine) []*NameEntry {
	list := slices.Concat(n.interfaces[m.Interface], n.instances[m.Instance])
	if m.Address.IsValid() {
		for _, entries := range n.prefixes.Supernets(netip.PrefixFrom(m.Address, m.Address.BitLen())) {
			list = append(list, entries...)
		}
	}
	return slices.Concat(list, n.vpcs[m.VPC], n.accounts[m.Account])
}

// matches reports whether no part of the entry contradicts the known fields of the machine.
func (e *NameEntry) matches(m Machine) bool {
	return compatible(e.Interface, m.Interface) && compatible(e.Instance, m.Instance) && compatible(e.VPC, m.VPC) &&
		compatible(e.Account, m.Account) && (!e.Prefix.IsValid() || !m.Address.IsValid() || e.Prefix.Contains(m.Address))
}

// fill sets the empty fields from a less specific name.
func (n *Name) fill(less *Name) {
	for _, field := range []struct{ into, from *string }{
		{&n.Name, &less.Name}, {&n.Owner, &less.Owner}, {&n.Environment, &less.Environment},
	} {
		if *field.into == "" {
			*field.into = *field.from
		}
	}
	for key, value := range less.Tags {
		if n.Tags == nil {
			n.Tags = map[string]string{}
		}
		if _, ok := n.Tags[key]; !ok {
			n.Tags[key] = value
		}
	}
}
