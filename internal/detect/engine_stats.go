// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
)

// Stats returns a copy of all counters.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Rules = make([]RuleStats, len(e.running))
	for i, r := range e.running {
		s.Rules[i] = r.stats()
	}
	s.Watermarks = make(map[string]int64, len(e.scopes.byName))
	for name, scope := range e.scopes.byName {
		s.Watermarks[names.Clean(name)] = scope.watermark.newest
	}
	s.Evidence = map[alert.RoleEvidence]int64{alert.ByFlags: s.byFlags, alert.ByPorts: s.byPorts, alert.ByNone: s.byNone}
	s.EvictedScopes = e.scopes.evicted
	s.Hosts, s.EvictedHosts = e.hosts.owners.Len(), e.hosts.owners.Evicted
	s.EvictedInterfaces = e.hosts.interfaces.Evicted
	if e.gateways != nil {
		s.Gateways, s.EvictedGateways = e.gateways.table.Len(), e.gateways.table.Evicted
	}
	s.Memory, s.MemoryLimit = map[string]int64{}, e.budget.limit
	for _, m := range e.budget.members {
		s.Memory[m.name] = m.memory()
	}
	var removed []allowlist.Counts
	for _, shard := range e.allShards() {
		removed = append(removed, shard.allowlists.removed)
		if shard.judge != nil {
			s.Attempts.add(shard.judge)
		}
		if shard.flood != nil {
			s.Attempts.NoAnswersSeen += shard.flood.noAnswersSeen
		}
		for list, n := range shard.matches {
			if s.Matches == nil {
				s.Matches = map[string]int64{}
			}
			s.Matches[list] += n
		}
	}
	s.Ignored = e.allowlist.Removed(removed...)
	return s
}

// stats returns the sum over all shards.
func (r *runningRule) stats() RuleStats {
	total := RuleStats{Rule: r.ID, DryRun: r.parts[0].common().set.DryRun, Alerts: map[AlertKind]int64{}}
	for _, part := range r.parts {
		s := part.common().stats
		for kind, n := range s.Alerts {
			total.Alerts[kind] += n
		}
		for reason, n := range s.Suppressed {
			total.Suppressed[reason] += n
		}
		tracked, evicted := part.size()
		total.Tracked += tracked
		total.Evicted += evicted
	}
	return total
}
