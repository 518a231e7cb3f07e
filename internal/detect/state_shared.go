// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// shared holds the state that all rules of an engine share.
type shared struct {
	threats         *threatlist.Table
	hostNames       *inventory.Names // nil without names
	systems         network.Systems  // nil without a database
	countries       network.Countries
	formerCountries []network.Countries // see Engine.SetCountries
	emitResolved    bool
	mitre           Mitre
	byAccount       bool  // the scope is the account
	lateness        int64 // seconds
	repeat          int64 // seconds
	allowlist       *allowlist.Tracker

	scopes   *scopes
	names    *names.Interner
	hosts    *hosts
	episodes uint64 // opened so far
	stats    Stats
	emit     func(*alert.Alert)

	saving  bool // true after Engine.Load: rules note new keys
	newKeys int  // noted since the last save
}

func newShared(cfg *Config, threats *threatlist.Table, countries network.Countries) shared {
	s := shared{
		threats:      threats,
		countries:    countries,
		emitResolved: cfg.EmitResolved,
		mitre:        cfg.Mitre,
		lateness:     seconds(cfg.AllowedLateness),
		repeat:       seconds(cfg.RepeatInterval),
		allowlist:    allowlist.NewTracker(),
		scopes:       newScopes(),
		names:        new(names.Interner),
		byAccount:    cfg.Scope == ByAccount,
	}
	s.hosts = newHosts(network.NewRanges(cfg.InternalNetworks), s.names, cfg.MaxHosts)
	return s
}

// country returns the country of the external side, or the zero country if both or neither side is external.
func (s *shared) country(ev *Event) country {
	if !ev.located {
		ev.located = true
		if a := ev.external(); a.IsValid() && s.countries != nil {
			copy(ev.country[:], s.countries.Country(a))
		}
	}
	return ev.country
}

// countryTableChanged reports whether a former table has another country for the external side of the flow.
func (s *shared) countryTableChanged(ev *Event) bool {
	now := s.country(ev).String()
	return slices.ContainsFunc(s.formerCountries, func(former network.Countries) bool {
		before := former.Country(ev.external())
		return before != "" && before != now
	})
}

// lookupThreat looks an address up in the threat lists and counts a match.
func (s *shared) lookupThreat(a netip.Addr) (threatlist.Match, bool) {
	match, found := s.threats.Lookup(a)
	if found {
		if s.stats.Matches == nil {
			s.stats.Matches = map[string]int64{}
		}
		s.stats.Matches[match.List]++
	}
	return match, found
}
