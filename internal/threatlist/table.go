// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// List is a threat list in a [Table].
type List struct {
	// Name is the name that the user gave to the list.
	Name string
	// Category describes what the addresses are known for, such as c2. It may be empty.
	Category string
	// Severity is the severity of alerts on addresses of this list. Empty means the severity of the rule.
	Severity string
	// Prefixes are the entries.
	Prefixes []netip.Prefix
}

// Match is the result of a look-up: an entry, and the properties of its list.
type Match struct {
	List     string
	Category string
	Severity string
	Entry    netip.Prefix
}

// Table looks addresses up in threat lists. It is immutable and safe for concurrent use. A nil *Table is empty.
type Table struct {
	lists []List       // without their prefixes
	table *prefixTable // values are indexes of lists
	// separate has the tables of single lists, by their names.
	separate map[string]*prefixTable
}

// NewTable returns a table of the lists. If two lists have the same entry, the first list has precedence. LookupIn finds
// entries of the lists with the names in separate.
func NewTable(lists []List, separate ...string) *Table {
	t := &Table{lists: make([]List, len(lists)), separate: map[string]*prefixTable{}}
	var all []prefixValue
	for i, list := range slices.Backward(lists) { // the last value of a prefix counts
		from := len(all)
		all = slices.Grow(all, len(list.Prefixes))
		for _, p := range list.Prefixes {
			all = append(all, prefixValue{network.Canonical(p), int32(i)})
		}
		if slices.Contains(separate, list.Name) {
			t.separate[list.Name] = newPrefixTable(slices.Clone(all[from:]))
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

// Lookup returns the longest prefix that contains the address. An IPv4-mapped address must be unmapped. Addresses that
// no host on the Internet can have, such as private ones, never match. Lookup does not allocate.
func (t *Table) Lookup(a netip.Addr) (Match, bool) {
	if t == nil {
		return Match{}, false
	}
	return t.lookup(t.table, a)
}

// LookupIn is like Lookup, but finds only entries of one list. It finds nothing in a list that is not separate.
func (t *Table) LookupIn(list string, a netip.Addr) (Match, bool) {
	if t == nil || t.separate[list] == nil {
		return Match{}, false
	}
	return t.lookup(t.separate[list], a)
}

func (t *Table) lookup(table *prefixTable, a netip.Addr) (Match, bool) {
	entry, i, ok := table.lookup(a)
	if !ok || neverMatched.Contains(a) {
		return Match{}, false
	}
	list := &t.lists[i]
	return Match{List: list.Name, Category: list.Category, Severity: list.Severity, Entry: entry}, true
}

// neverMatched holds the special-purpose ranges. A list that contains one of them is wrong, or describes another
// network.
var neverMatched = network.NewRanges([]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),      // this network
	netip.MustParsePrefix("10.0.0.0/8"),     // private
	netip.MustParsePrefix("100.64.0.0/10"),  // carrier-grade NAT
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
