// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/portset"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// shared is what all rules of a shard use together.
type shared struct {
	threats         *threatlist.Table
	hostNames       *inventory.Names // nil without names
	systems         network.Systems  // nil without a database
	countries       network.Countries
	services        *portset.Set
	formerCountries []network.Countries // see Engine.SetCountries
	emitResolved    bool
	mitre           Mitre
	byAccount       bool  // the scope is the account
	lateness        int64 // seconds
	// settles is how far the watermark may be ahead of a flow that is not late, in seconds.
	settles int64
	// answerGrace is how long what comes back may take, in seconds.
	answerGrace int64
	repeat      int64 // seconds

	hosts      *hosts // of the engine; rules must not change it
	names      *names.Interner
	allowlists *allowlists
	progress   progressByScope
	current    current
	drafts     []draftAlert     // alerts of the current batch
	matches    map[string]int64 // flows by the threat list that has their address
	groups     []partSet        // the different keys of the rules
	// hashed has the parts that were hashed into keys; nil without a threshold profile.
	hashed map[[16]byte]hashedParts

	saving  bool // true after Engine.Load: rules note new keys
	newKeys int  // noted since the last save
}

// current is what is computed at most once for the current event of a shard.
type current struct {
	position int // of the event in its batch
	keys     *eventKeys
	opened   uint64
	ignored  ignoreState
	class    network.Class
	order    alertOrder // of the alerts of rules
	country  country    // of the external side
	located  bool       // country is set
	// listed is the address that the current rule has found on a threat list.
	listed      netip.Addr
	listedMatch threatlist.Match
}

func newShared(cfg *Config, threats *threatlist.Table, countries network.Countries, hosts *hosts, ignore *ignoreLists) shared {
	var hashed map[[16]byte]hashedParts
	if cfg.Profile {
		hashed = map[[16]byte]hashedParts{}
	}
	return shared{
		hashed:       hashed,
		threats:      threats,
		countries:    countries,
		services:     newServices(cfg.ServicePorts),
		emitResolved: cfg.EmitResolved,
		mitre:        cfg.Mitre,
		byAccount:    cfg.Scope == ByAccount,
		lateness:     seconds(cfg.AllowedLateness),
		settles:      seconds(cfg.AllowedLateness) + seconds(cfg.MaxFuture),
		answerGrace:  seconds(cfg.AnswerGrace),
		repeat:       seconds(cfg.RepeatInterval),
		hosts:        hosts,
		names:        new(names.Interner),
		allowlists:   newAllowlists(ignore),
	}
}

// begin starts an event. position is its index in the batch.
func (s *shared) begin(ev *Event, keys *eventKeys, position int) {
	s.current = current{position: position, keys: keys, class: ev.class, order: alertOrder{phase: ofRules}}
	s.allowlists.begin(ev)
}

// beginJudged starts a judged attempt. The allowlists for all rules were applied to its records.
func (s *shared) beginJudged(ev *Event, keys *eventKeys, position int) {
	s.begin(ev, keys, position)
	s.current.ignored = notIgnored
	s.current.order = alertOrder{phase: ofAttempts, t: ev.Time, number: ev.number}
}

// beginPane starts a pane that is judged, which begins at the given time. Its rule has applied the allowlists to its flows.
func (s *shared) beginPane(ev *Event, start int64, keys *eventKeys, position int) {
	s.begin(ev, keys, position)
	s.current.order = alertOrder{phase: ofPanes, t: start, number: ev.number}
}

// emit adds an alert to the drafts.
func (s *shared) emit(d draftAlert) {
	d.position = s.current.position
	s.drafts = append(s.drafts, d)
}

// emitNow emits an alert of the current event.
func (s *shared) emitNow(b *base, a *alert.Alert, d details) {
	s.emit(draftAlert{Alert: a, rule: b, details: d, class: s.current.class, alertOrder: s.current.order})
}

// country returns the country of the external side, or the zero country if both or neither side is external.
func (s *shared) country(ev *Event) country {
	c := &s.current
	if !c.located {
		c.located = true
		if a := ev.external(); a.IsValid() && s.countries != nil {
			copy(c.country[:], s.countries.Country(a))
		}
	}
	return c.country
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
		s.countThreat(match.List)
	}
	return match, found
}

// countThreat counts a look-up that found an address in a threat list.
func (s *shared) countThreat(list string) {
	if s.matches == nil {
		s.matches = map[string]int64{}
	}
	s.matches[list]++
}
