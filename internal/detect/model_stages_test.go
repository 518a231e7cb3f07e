// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// modelStage is a stage of an attack and the host that it concerns.
type modelStage struct{ name, host string }

// stages returns what an alert says about its hosts. The alert was caused by f.
func (m *model) stages(r *modelRule, f *flow.Flow) []modelStage {
	src, dst := f.Src.String(), f.Dst.String()
	switch r.id {
	case "remote_service_brute_force":
		list := []modelStage{{"access", dst}}
		if m.class(f) == "II" {
			list = append(list, modelStage{"lateral", src})
		}
		return list
	case "malicious_remote_access":
		return []modelStage{{"access", dst}}
	case "new_exposed_service":
		if slices.Contains(m.settings(r).Ports, int(f.SrcPort)) {
			return []modelStage{{"access", src}}
		}
	case "rejected_internal_scan", "internal_port_scan", "internal_reject_sweep", "outbound_scan", "internal_sweep":
		return []modelStage{{"discovery", src}}
	case "new_internal_peer":
		return []modelStage{{"lateral", src}}
	case "dns_not_over_udp":
		if m.class(f) == "IE" {
			return []modelStage{{"control", src}}
		}
	case "suspicious_destination", "failed_callbacks", "long_connection":
		return []modelStage{{"control", src}}
	case "unusual_country", "large_outbound_transfer", "outbound_flood":
		return []modelStage{{"exfiltration", src}}
	}
	return nil
}

// addStages adds an opened alert to the timelines of its hosts.
func (m *model) addStages(added *modelRule, f *flow.Flow, at int64) {
	r := m.rules[slices.IndexFunc(m.rules, func(r *modelRule) bool { return r.id == "attack_sequence" })]
	set := m.settings(r)
	if !set.Enabled || m.settings(added).DryRun || added.custom != nil {
		return
	}
	for _, stage := range m.stages(added, f) {
		if !m.ignoresHost(stage.host, f.Account, at) {
			m.addStage(r, m.scopeOf(f), stage, at, f)
		}
	}
}

func (m *model) addStage(r *modelRule, s *modelScope, stage modelStage, at int64, f *flow.Flow) {
	set := m.settings(r)
	state, _ := r.touch(modelKey{scope: s.name, source: stage.host}, set.MaxKeys)
	window := seconds(set.Window)
	state.see(modelEntry{value: stage.name, time: at, weight: 1, first: at, part: modelPart{value: stage.name}})
	state.expire(window + seconds(m.cfg.AllowedLateness))
	measure := int64(0)
	var evidence []modelEntry // of equal windows, the earliest
	for _, end := range state.entries {
		list := state.between(end.time-window, end.time)
		inside := slices.ContainsFunc(list, func(e modelEntry) bool {
			return slices.Contains([]string{"access", "discovery", "lateral"}, e.value)
		})
		if n := int64(len(list)); end.time-window < at && at <= end.time && inside && n > measure {
			measure, evidence = n, list
		}
	}
	r.raiseMaximum(state.key, measure)
	if measure >= int64(set.Stages) {
		m.conditionMet(r, state, f, at, measure, partsOf(evidence), evidence[0].first, partsOf(evidence))
	}
}

// newStage reports whether the evidence has a stage that is new in the episode.
func (e *modelEpisode) newStage(evidence []modelPart) bool {
	return slices.ContainsFunc(evidence, func(p modelPart) bool {
		return !slices.ContainsFunc(e.parts, func(q modelPart) bool { return p.value == q.value })
	})
}

// ignoresHost reports whether an allowlist removes a host from attack sequences.
func (m *model) ignoresHost(host, account string, at int64) bool {
	f := flow.Flow{Time: at, Account: account, Src: netip.MustParseAddr(host)}
	for _, e := range slices.Concat(m.cfg.Ignore, m.cfg.Rules["attack_sequence"].Ignore) {
		others := len(e.Destination) + len(e.Port) + len(e.Protocol) + len(e.Country) + len(e.Interface) + len(e.Instance) +
			len(e.HostName) + len(e.Owner) + len(e.Tag)
		if others == 0 && ignored(m, "attack_sequence", []detect.Ignore{e}, &f) {
			return true
		}
	}
	return false
}
