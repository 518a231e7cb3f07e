// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// SetThreats has the rules look addresses up in other threat lists from the next flow on. Nil has none. Like Observe, it
// is called by one at a time; Classify may run meanwhile.
func (e *Engine) SetThreats(threats *threatlist.Table) { e.threats = threats }

// SetCountries has the countries of addresses looked up in another table from the next flow on. A country that is new to
// unusual_country is learned without an alert where one of the former tables had the address in another: it is the table
// that has changed, not the traffic.
func (e *Engine) SetCountries(countries network.Countries, former ...network.Countries) {
	e.countries, e.former = countries, former
}

// moved tells whether a former table had the external side of a flow in another country.
func (e *Engine) moved(ev *Event) bool {
	now := e.country(ev).String()
	return slices.ContainsFunc(e.former, func(former network.Countries) bool {
		before := former.Country(external(ev))
		return before != "" && before != now
	})
}

// listed finds an address on the threat lists, and counts the match.
func (e *Engine) listed(a netip.Addr) (threatlist.Match, bool) {
	match, found := e.threats.Lookup(a)
	if found {
		if e.stats.Matches == nil {
			e.stats.Matches = map[string]int64{}
		}
		e.stats.Matches[match.List]++
	}
	return match, found
}
