// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// tops follow the heaviest of each dimension in one stretch of time.
type tops struct {
	sources, destinations heavy[netip.Addr]
	ports                 heavy[uint16]
	protocols             heavy[uint8]
	interfaces, accounts  heavy[string]
	from, to              heavy[string] // countries
	pairs                 heavy[pair]
	names                 interner // those of all stretches
}

// pair is two internal subnets between which traffic flows.
type pair struct{ from, to netip.Prefix }

// evictions count the keys of each dimension that made room for others.
type evictions struct {
	sources, destinations, ports, protocols, interfaces, accounts, from, to, pairs uint64
}

func newTops(limit int, e *evictions, names interner) *tops {
	return &tops{
		sources: newHeavy[netip.Addr](limit, &e.sources), destinations: newHeavy[netip.Addr](limit, &e.destinations),
		ports: newHeavy[uint16](limit, &e.ports), protocols: newHeavy[uint8](limit, &e.protocols),
		interfaces: newHeavy[string](limit, &e.interfaces), accounts: newHeavy[string](limit, &e.accounts),
		from: newHeavy[string](limit, &e.from), to: newHeavy[string](limit, &e.to),
		pairs: newHeavy[pair](limit, &e.pairs),
		names: names,
	}
}

// add counts a flow. What a flow does not have is not counted in that dimension.
func (t *tops) add(seen *sighting) {
	if seen.src.IsValid() {
		t.sources.add(seen.src, &seen.sums)
	}
	if seen.dst.IsValid() {
		t.destinations.add(seen.dst, &seen.sums)
	}
	if seen.port != 0 {
		t.ports.add(seen.port, &seen.sums)
	}
	if seen.protocol != 0 {
		t.protocols.add(seen.protocol, &seen.sums)
	}
	t.addName(&t.interfaces, seen.iface, &seen.sums)
	t.addName(&t.accounts, seen.account, &seen.sums)
	if seen.from != "" {
		t.from.add(seen.from, &seen.sums)
	}
	if seen.to != "" {
		t.to.add(seen.to, &seen.sums)
	}
	if seen.classed && seen.class == network.InternalToInternal {
		t.pairs.add(pair{subnet(seen.src), subnet(seen.dst)}, &seen.sums)
	}
}

// maxName is how much of an interface's or account's name is kept, in bytes. AWS's own are much shorter.
const maxName = 64

// addName counts for a name that aliases a record, of which a key that stays is a copy.
func (t *tops) addName(h *heavy[string], name string, sums *Sums) {
	if name == "" {
		return
	}
	name = name[:min(len(name), maxName)]
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "?")
	}
	if !h.addFollowed(name, sums) {
		h.follow(t.names.copied(name), sums, h.floor)
	}
}

// interner keeps a copy of each name, so that names which come and go need not be copied each time.
type interner map[string]string

// maxNames bounds the names that are kept; beyond it all are let go and gathered again.
const maxNames = 10_000

func (n interner) copied(name string) string {
	if kept, ok := n[name]; ok {
		return kept
	}
	if len(n) >= maxNames {
		clear(n)
	}
	kept := strings.Clone(name)
	n[kept] = kept
	return kept
}

// The prefixes of subnets: those that most people give a subnet of a VPC in IPv4, and all in IPv6.
const (
	subnetBits4 = 24
	subnetBits6 = 64
)

func subnet(a netip.Addr) netip.Prefix {
	bits := subnetBits6
	if a.Is4() {
		bits = subnetBits4
	}
	return netip.PrefixFrom(a, bits).Masked()
}

func (t *tops) merge(o *tops) {
	t.sources.merge(&o.sources)
	t.destinations.merge(&o.destinations)
	t.ports.merge(&o.ports)
	t.protocols.merge(&o.protocols)
	t.interfaces.merge(&o.interfaces)
	t.accounts.merge(&o.accounts)
	t.from.merge(&o.from)
	t.to.merge(&o.to)
	t.pairs.merge(&o.pairs)
}
