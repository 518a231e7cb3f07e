// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Suppression is the reason why a rule did not alert on a qualifying flow.
type Suppression uint8

// The reasons.
const (
	OpenEpisode Suppression = iota
	Allowlisted
	Learning
	Late
	DatabaseChange
	numSuppressions
)

// String returns the value of the metric attribute.
func (s Suppression) String() string {
	return [numSuppressions]string{"open_episode", "allowlist", "learning", "late", "database_change"}[s]
}

// Traffic is the combination of attributes by which evaluated flows are counted.
type Traffic struct {
	Class  network.Class
	Action flow.Action
	Role   Role
}

// Volume is an amount of traffic.
type Volume struct {
	Flows          int64
	Packets, Bytes uint64
}

// AlertKind is the combination of attributes by which the alerts of a rule are counted.
type AlertKind struct {
	Severity alert.Severity
	Status   alert.Status
}

// RuleStats holds the counters of one rule since the start of the engine.
type RuleStats struct {
	Rule string
	// DryRun says that all alerts of the rule are dry-run alerts.
	DryRun     bool
	Alerts     map[AlertKind]int64
	Suppressed [numSuppressions]int64
	// Tracked is the current number of keys. Evicted is the number of keys that were evicted at max_keys or max_state_mib.
	Tracked int
	Evicted int64
}

func (s *RuleStats) countAlert(a *alert.Alert) {
	if s.Alerts == nil {
		s.Alerts = map[AlertKind]int64{}
	}
	s.Alerts[AlertKind{a.Severity, a.Status}]++
}

// Stats holds the counters of an engine since its start.
type Stats struct {
	Rules []RuleStats
	// Watermarks holds the greatest event time of each scope, in Unix seconds.
	Watermarks map[string]int64
	// EvictedScopes is the number of scopes that were evicted at the bound.
	EvictedScopes int64
	// Hosts is the current number of addresses in the inventory. EvictedHosts is the number of addresses that were
	// evicted at max_hosts.
	Hosts        int
	EvictedHosts int64
	// EvictedInterfaces is the number of interfaces that were evicted from the inventory at max_hosts.
	EvictedInterfaces int64
	// Gateways is the current number of known gateway addresses. EvictedGateways is the number of gateway addresses
	// that were evicted at the bound.
	Gateways        int
	EvictedGateways int64
	// Memory holds the memory of the state in bytes: of each rule by its id, of the inventory and of the gateways.
	Memory map[string]int64
	// MemoryLimit is the limit of all memory together in bytes. Zero means none.
	MemoryLimit int64
	// Matches is the number of look-ups that found an address, by the name of the threat list.
	Matches map[string]int64
	// Ignored is the number of flows that each allowlist entry removed, by the entry's name or position.
	Ignored map[string]int64
	// Attempts counts connection attempts. It is zero if no rule asks for them.
	Attempts AttemptStats
	// Evidence counts flows by the evidence for their role.
	Evidence map[alert.RoleEvidence]int64

	byFlags, byPorts, byNone int64

	volume [numClasses][numActions][numRoles]Volume
}

const (
	numClasses = 4
	numActions = 3
	// numDirections counts the directions of flows.
	numDirections = 3
)

// AttemptStats counts attempts and their answers.
type AttemptStats struct {
	// Waiting and Answers are the current numbers of waiting attempts and of kept answers.
	Waiting, Answers int
	// Answered and Failed are the judged attempts.
	Answered, Failed int64
	// NoAnswersSeen are the attempts that were not judged because their scope does not log answers. AnswersEvicted are those
	// that were not judged because an answer may have been evicted.
	NoAnswersSeen, AnswersEvicted int64
	// EvictedAttempts and EvictedAnswers were evicted at max_attempts or max_state_mib.
	EvictedAttempts, EvictedAnswers int64
}

// add adds the numbers of a shard.
func (s *AttemptStats) add(j *judge) {
	s.Waiting += j.attempts.table.Len()
	s.Answers += j.answers.count
	s.Answered += j.stats.Answered
	s.Failed += j.stats.Failed
	s.NoAnswersSeen += j.stats.NoAnswersSeen
	s.AnswersEvicted += j.stats.AnswersEvicted
	s.EvictedAttempts += j.attempts.evicted
	s.EvictedAnswers += j.answers.evicted
}

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

// Volumes iterates over the traffic by its attributes. It skips combinations without flows.
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
