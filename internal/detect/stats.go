// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"maps"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Suppression says why a rule kept quiet about a flow that qualified.
type Suppression uint8

// The reasons to keep quiet.
const (
	OpenEpisode Suppression = iota
	Allowlisted
	Learning
	Late
	DatabaseChange
	numSuppressions
)

// String gives the reason as metrics name it.
func (s Suppression) String() string {
	return [numSuppressions]string{"open_episode", "allowlist", "learning", "late", "database_change"}[s]
}

// Traffic names what evaluated flows are counted by.
type Traffic struct {
	Class  network.Class
	Action flow.Action
	Role   Role
}

// Volume is how much of it there was.
type Volume struct {
	Flows          int64
	Packets, Bytes uint64
}

// AlertKind names what alerts are counted by.
type AlertKind struct {
	Severity alert.Severity
	Status   alert.Status
}

// RuleStats counts what one rule did since the engine was made.
type RuleStats struct {
	Rule       string
	Alerts     map[AlertKind]int64
	Suppressed [numSuppressions]int64
	// Tracked is how many keys are remembered now, Evicted how many were forgotten to stay within the bound.
	Tracked int
	Evicted int64
}

func (s *RuleStats) alerted(a *alert.Alert) {
	if s.Alerts == nil {
		s.Alerts = map[AlertKind]int64{}
	}
	s.Alerts[AlertKind{a.Severity, a.Status}]++
}

// Stats counts what an engine did since it was made.
type Stats struct {
	Rules []RuleStats
	// Watermarks holds the greatest event time of each scope, in Unix seconds.
	Watermarks map[string]int64
	// EvictedScopes is how many scopes were forgotten to stay within the bound.
	EvictedScopes int64
	// Matches is how often an address was found on each threat list, by the list's name.
	Matches map[string]int64
	// Ignored is how often each entry of an allowlist has removed a flow, by the entry's name or else its place.
	Ignored map[string]int64

	// Evidence is of how many flows what told requests from replies.
	Evidence map[alert.RoleEvidence]int64

	byFlags, byPorts, byNone int64

	volume [numClasses][numActions][numRoles]Volume
}

const numActions = 3

func (s *Stats) count(ev *Event) {
	v := &s.volume[ev.class][ev.Action][ev.role]
	v.Flows++
	v.Packets += ev.Packets
	v.Bytes += ev.Bytes
	switch ev.evidence {
	case alert.ByFlags:
		s.byFlags++
	case alert.ByPorts:
		s.byPorts++
	default:
		s.byNone++
	}
}

// Volumes calls yield with each kind of traffic that there was.
func (s *Stats) Volumes(yield func(Traffic, Volume) bool) {
	for class := range s.volume {
		for action := range s.volume[class] {
			for role, v := range s.volume[class][action] {
				kind := Traffic{network.Class(class), flow.Action(action), Role(role)}
				if v.Flows > 0 && !yield(kind, v) {
					return
				}
			}
		}
	}
}

// Stats returns a copy that stays as it is.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Rules = make([]RuleStats, len(e.running))
	for i, r := range e.running {
		s.Rules[i] = *r.stats
		s.Rules[i].Alerts = maps.Clone(r.stats.Alerts)
		s.Rules[i].Tracked, s.Rules[i].Evicted = r.size()
	}
	s.Watermarks = make(map[string]int64, len(e.scopes.byName))
	for name, scope := range e.scopes.byName {
		s.Watermarks[clean(name)] = scope.watermark
	}
	s.Evidence = map[alert.RoleEvidence]int64{alert.ByFlags: s.byFlags, alert.ByPorts: s.byPorts, alert.ByNone: s.byNone}
	s.EvictedScopes = e.scopes.evicted
	s.Matches = maps.Clone(e.stats.Matches)
	s.Ignored = maps.Clone(e.allow.hits)
	return s
}
