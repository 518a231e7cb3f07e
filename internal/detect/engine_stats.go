// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"maps"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
)

// Stats returns a copy of all counters.
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
		s.Watermarks[names.Clean(name)] = scope.watermark
	}
	s.Evidence = map[alert.RoleEvidence]int64{alert.ByFlags: s.byFlags, alert.ByPorts: s.byPorts, alert.ByNone: s.byNone}
	s.EvictedScopes = e.scopes.evicted
	s.Hosts, s.EvictedHosts = e.hosts.owners.Len(), e.hosts.owners.Evicted
	s.EvictedInterfaces = e.hosts.interfaces.Evicted
	if e.gateways != nil {
		s.Gateways, s.EvictedGateways = e.gateways.table.Len(), e.gateways.table.Evicted
	}
	s.Matches = maps.Clone(e.stats.Matches)
	s.Ignored = e.allowlist.Removed()
	return s
}
