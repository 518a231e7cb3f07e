// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// List is a list of addresses that someone holds to be malicious.
type List struct {
	// Name is how the user calls the list.
	Name string
	// Category says what the addresses are known for, such as c2. Empty means that nobody said.
	Category string
	// Severity is the severity of the alerts that the list gives rise to. Empty means that of the rule.
	Severity string
	// Prefixes are the entries. See [ParsePlain].
	Prefixes []netip.Prefix
}

// Match is the entry of a threat list that an address was found in.
type Match struct {
	List     string
	Category string
	Severity string
	Entry    netip.Prefix
}

// Table is an immutable set of threat lists. To change a list, build another set and swap the two. A nil
// *Table is empty.
type Table struct {
	lists []List       // without their prefixes
	table *prefixTable // of numbers of lists
}

// NewTable returns the set of the given lists. Where two lists have the same entry, the earlier one has it.
func NewTable(lists []List) *Table {
	t := &Table{lists: make([]List, len(lists))}
	var all []numbered
	for i, list := range slices.Backward(lists) { // so that the earlier list has the last word
		all = slices.Grow(all, len(list.Prefixes))
		for _, p := range list.Prefixes {
			all = append(all, numbered{network.Canonical(p), int32(i)})
		}
		t.lists[i] = list
		t.lists[i].Prefixes = nil
	}
	t.table = newPrefixTable(all)
	return t
}

// Len returns the number of different entries.
func (t *Table) Len() int {
	if t == nil {
		return 0
	}
	return t.table.size()
}

// Lookup returns the narrowest entry that contains the address. An address that cannot belong to anybody on the
// Internet never matches, whatever the lists say.
func (t *Table) Lookup(a netip.Addr) (Match, bool) {
	if t == nil {
		return Match{}, false
	}
	entry, i, ok := t.table.lookup(a)
	if !ok || unlistable.Contains(a) {
		return Match{}, false
	}
	list := &t.lists[i]
	return Match{List: list.Name, Category: list.Category, Severity: list.Severity, Entry: entry}, true
}

// unlistable are the ranges in which no address is anybody's own on the Internet, so that a list that names one is
// wrong, or means another network than this one.
var unlistable = network.NewRanges([]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),      // this network
	netip.MustParsePrefix("10.0.0.0/8"),     // private
	netip.MustParsePrefix("100.64.0.0/10"),  // shared by customers of a carrier
	netip.MustParsePrefix("127.0.0.0/8"),    // loopback
	netip.MustParsePrefix("169.254.0.0/16"), // link-local
	netip.MustParsePrefix("172.16.0.0/12"),  // private
	netip.MustParsePrefix("192.168.0.0/16"), // private
	netip.MustParsePrefix("224.0.0.0/4"),    // multicast
	netip.MustParsePrefix("240.0.0.0/4"),    // reserved, with the broadcast address
	netip.MustParsePrefix("::/128"),         // unspecified
	netip.MustParsePrefix("::1/128"),        // loopback
	netip.MustParsePrefix("fc00::/7"),       // unique local
	netip.MustParsePrefix("fe80::/10"),      // link-local
	netip.MustParsePrefix("ff00::/8"),       // multicast
})
