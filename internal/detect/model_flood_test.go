// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"cmp"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// flood is the rule that compares the packets of a flow's direction with those that come back. It judges each pane once the
// packets that come back have had time to arrive.
func (m *model) flood(r *modelRule, s *modelScope, f *flow.Flow, late bool) {
	if late {
		return
	}
	state, _ := r.state(m, s, f)
	window := seconds(m.settings(r).Window)
	pane := f.Time - f.Time%max(1, window/60)
	m.addWeight(state, r, f, pane)
	m.addPending(state, r, f)
	state.expire(window + seconds(m.cfg.AllowedLateness))
	if i := slices.IndexFunc(state.entries, func(e modelEntry) bool { return e.time == pane }); i >= 0 && m.paneOver(r, s, pane) {
		m.judgePane(r, s, state, i)
	}
}

// addReturned adds the packets of a flow to those that came back to its destination.
func (m *model) addReturned(r *modelRule, s *modelScope, f *flow.Flow, late bool) {
	set := m.settings(r)
	if late || !set.Enabled || m.class(f) != "EI" || f.Action != flow.Accept {
		return
	}
	key := modelKey{scope: s.name, source: f.Dst.String(), destination: f.Src.String()}
	state, _ := r.returned.touch(key, set.MaxKeys)
	window := seconds(set.Window)
	m.addWeight(state, r, f, f.Time-f.Time%max(1, window/60))
	state.expire(window + seconds(m.cfg.AllowedLateness) + around)
}

// paneOver reports whether it is time to judge a pane.
func (m *model) paneOver(r *modelRule, s *modelScope, pane int64) bool {
	length := max(1, seconds(m.settings(r).Window)/60)
	return s.watermark >= pane+length+seconds(m.cfg.AnswerGrace)
}

// judgePanes judges all panes of a scope whose time has come.
func (m *model) judgePanes(s *modelScope) {
	type due struct {
		rule  *modelRule
		state *modelState
		modelEntry
	}
	var list []due
	for _, r := range m.rules {
		if r.returned == nil {
			continue
		}
		for _, state := range r.keys {
			for _, e := range state.entries {
				if state.key.scope == s.name && !e.judged && m.paneOver(r, s, e.time) {
					list = append(list, due{r, state, e})
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b due) int { return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.arrival, b.arrival)) })
	for _, d := range list {
		m.judgePane(d.rule, s, d.state, slices.IndexFunc(d.state.entries, func(e modelEntry) bool { return e.time == d.time }))
	}
}

// judgePane evaluates the windows that contain a pane.
func (m *model) judgePane(r *modelRule, s *modelScope, state *modelState, i int) {
	state.entries[i].judged = true
	pane, set := state.entries[i], m.settings(r)
	window := seconds(set.Window)
	returned := &modelState{}
	if j := slices.IndexFunc(r.returned.keys, func(k *modelState) bool { return k.key == state.key }); j >= 0 {
		returned = r.returned.keys[j]
	}
	measure := int64(0)
	var evidence []modelEntry // of equal windows, the earliest
	for _, end := range state.entries {
		if pane.time <= end.time-window || end.time < pane.time {
			continue
		}
		sum := state.sum(end.time-window, end.time)
		back := returned.sum(end.time-window-around, end.time+around)
		if float64(back) < set.AnsweredBelow*float64(sum) && sum > measure {
			measure, evidence = sum, state.between(end.time-window, end.time)
		}
	}
	switch {
	case !s.logsReplies("IE", pane.time):
		if measure > set.Threshold {
			m.noAnswersSeen++
		}
	case measure > set.Threshold:
		r.raiseMaximum(state.key, measure)
		r.touch(state.key, set.MaxKeys)
		m.conditionMet(r, state, pane.flow, pane.latest, measure, partsOf(evidence), evidence[0].first, nil)
	case measure > 0:
		r.raiseMaximum(state.key, measure)
	}
}
