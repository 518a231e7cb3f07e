// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"cmp"
	"math"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// modelState is the state of one key.
type modelState struct {
	key       modelKey
	entries   []modelEntry // by time, then by arrival
	successes []modelEntry // of the brute force rule, by time, the first of each second
	episodes  []*modelEpisode
	lastSeen  int64 // of the first-seen rules
}

// modelEntry is a distinct value with its latest time and the weight 1, or a pane with its sum.
type modelEntry struct {
	value  string
	time   int64
	weight int64
	first  int64     // the time of the entry's first flow
	part   modelPart // what the latest flow of the value, or all flows of the pane, add to the totals of an episode

	flow *flow.Flow // of a success, or the first one of a pane

	// The rest is for panes of the flood rule: the time of the latest flow, the number of the flow that began the pane, and
	// whether the pane has been judged.
	latest  int64
	arrival int
	judged  bool
}

// modelPart is a flow, or what several flows amount to, as an episode counts it.
type modelPart struct {
	value                 string
	flows, packets, bytes int64
}

func (m *model) partOf(r *modelRule, f *flow.Flow) modelPart {
	part := modelPart{flows: 1, packets: capped(f.Packets), bytes: capped(f.Bytes)}
	if r.value != nil {
		part.value = r.value(m, f)
	}
	return part
}

func capped(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

type modelEpisode struct {
	opened, lastMet             int64
	flows                       int64
	emittedTime, emittedMeasure int64
	severity                    alert.Severity
	resolved                    bool

	// parts are the evidence that opened the episode, and the flows since then up to the last one at which the
	// condition held. later are the flows after that.
	parts, later []modelPart
	first        int64 // the time of the first flow of the evidence that opened the episode
}

// totals counts everything in the episode.
func (e *modelEpisode) totals(r *modelRule) alert.Totals {
	t := alert.Totals{Seconds: e.lastMet - e.first}
	var values []string
	for _, part := range e.parts {
		t.Flows += part.flows
		t.Packets = add(t.Packets, part.packets)
		t.Bytes = add(t.Bytes, part.bytes)
		if part.value != "" && !slices.Contains(values, part.value) {
			values = append(values, part.value)
		}
	}
	switch r.counts {
	case "bytes":
		t.Measure = t.Bytes
	case "packets":
		t.Measure = t.Packets
	case "flows":
		t.Measure = t.Flows
	default:
		t.Measure = int64(len(values))
	}
	return t
}

// state returns the state of the flow's key, which becomes the most recently touched. A new key may evict the least
// recently touched one.
func (r *modelRule) state(m *model, s *modelScope, f *flow.Flow) (state *modelState, known bool) {
	return r.touch(m.key(r, s, f), m.settings(r).MaxKeys)
}

// touch returns the state of a key.
func (r *modelRule) touch(key modelKey, maxKeys int) (state *modelState, known bool) {
	state = &modelState{key: key}
	if i := slices.IndexFunc(r.keys, func(k *modelState) bool { return k.key == key }); i >= 0 {
		state, known = r.keys[i], true
		r.keys = slices.Delete(r.keys, i, i+1)
	}
	r.keys = append(r.keys, state)
	if len(r.keys) > maxKeys {
		r.keys = slices.Delete(r.keys, 0, 1)
		r.evicted++
	}
	return state, known
}

// window is a rule that counts distinct values or adds up weights in a window.
func (m *model) window(r *modelRule, s *modelScope, f *flow.Flow, late bool) {
	if late {
		return
	}
	set := m.settings(r)
	state, _ := r.state(m, s, f)
	window, at := seconds(set.Window), f.Time
	threshold := set.Threshold
	if r.weight == nil {
		m.seeValue(state, r, f)
	} else {
		at -= at % max(1, window/60)
		m.addWeight(state, r, f, at)
	}
	state.expire(window + seconds(m.cfg.AllowedLateness))
	if r.weight == nil {
		state.keepNewest(max(12*threshold, 256))
	}
	measure := int64(0)
	var evidence []modelEntry // of equal windows, the earliest
	for _, end := range state.entries {
		if total := state.sum(end.time-window, end.time); end.time-window < at && at <= end.time && total > measure {
			measure, evidence = total, state.between(end.time-window, end.time)
		}
	}
	r.raiseMaximum(state.key, measure)
	if r.over {
		threshold++
	}
	if measure >= threshold {
		m.conditionMet(r, state, f, f.Time, measure, partsOf(evidence), evidence[0].first, []modelPart{m.partOf(r, f)})
	} else {
		m.addPending(state, r, f)
	}
}

// addPending adds a flow at which the condition of its key does not hold.
func (m *model) addPending(state *modelState, r *modelRule, f *flow.Flow) {
	if n := len(state.episodes); n > 0 {
		state.episodes[n-1].later = append(state.episodes[n-1].later, m.partOf(r, f))
	}
}

func partsOf(entries []modelEntry) (parts []modelPart) {
	for _, e := range entries {
		parts = append(parts, e.part)
	}
	return parts
}

// sequence is the brute force rule: failures, then a success.
func (m *model) sequence(r *modelRule, s *modelScope, f *flow.Flow, late bool) {
	if late {
		return
	}
	set := m.settings(r)
	state, _ := r.state(m, s, f)
	window, failures := seconds(set.Window), set.Failures
	var successes []modelEntry // those that the flow may complete
	if r.fails(m, f) {
		m.seeValue(state, r, f)
		state.expire(window + seconds(m.cfg.AllowedLateness))
		state.keepNewest(max(12*failures, 256))
		for _, success := range state.successes {
			if success.time-window < f.Time && f.Time <= success.time {
				successes = append(successes, success)
			}
		}
	} else {
		same := func(s modelEntry) bool { return s.time == f.Time }
		if !slices.ContainsFunc(state.successes, same) {
			part := m.partOf(r, f)
			part.value = "" // only failures are counted
			state.successes = append(state.successes, modelEntry{time: f.Time, part: part, flow: f})
			slices.SortFunc(state.successes, func(a, b modelEntry) int { return cmp.Compare(a.time, b.time) })
		}
		successes = append(successes, state.successes[slices.IndexFunc(state.successes, same)])
	}
	part := m.partOf(r, f)
	if !r.fails(m, f) {
		part.value = ""
	}
	arrived := []modelPart{part} // until an episode has taken it
	for _, success := range successes {
		before := state.between(success.time-window, success.time)
		n := int64(len(before))
		r.raiseMaximum(state.key, n)
		if n >= failures {
			evidence := append(partsOf(before), success.part)
			m.conditionMet(r, state, success.flow, success.time, n, evidence, before[0].first, arrived)
			arrived = nil
		}
	}
	if n := len(state.episodes); n > 0 {
		state.episodes[n-1].later = append(state.episodes[n-1].later, arrived...)
	}
}

// each is a rule that alerts at every qualifying flow. Late flows count, too.
func (m *model) each(r *modelRule, s *modelScope, f *flow.Flow, _ bool) {
	state, _ := r.state(m, s, f)
	part := []modelPart{m.partOf(r, f)}
	m.conditionMet(r, state, f, f.Time, 0, part, f.Time, part)
	for _, e := range state.episodes {
		r.raiseMaximum(state.key, e.flows)
	}
}

// firstSeen is a rule that alerts about new keys. Late flows make keys known, but do not alert.
func (m *model) firstSeen(r *modelRule, s *modelScope, f *flow.Flow, late bool) {
	set := m.settings(r)
	state, known := r.state(m, s, f)
	isNew := !known || f.Time-state.lastSeen > seconds(set.Retention)
	state.lastSeen = max(state.lastSeen, f.Time)
	if isNew && !late {
		r.raiseMaximum(state.key, f.Time-s.first)
	}
	if isNew && !late && f.Time >= s.first+seconds(set.LearningPeriod) {
		m.emit(r, alert.Opened, state.key, f.Time, f.Time, 1, m.severity(r, f), alert.Totals{})
		m.addStages(r, f, f.Time)
	}
}

// conditionMet handles a time at which a key meets the condition of its rule. A measure of zero means the number of
// flows in the episode. A new episode counts the evidence, which begins with a flow at first. An existing episode
// counts the flows that have arrived since the condition last held.
func (m *model) conditionMet(
	r *modelRule, state *modelState, f *flow.Flow, at, measure int64, evidence []modelPart, first int64, arrived []modelPart,
) {
	quiet, repeat := seconds(m.settings(r).QuietPeriod), seconds(m.cfg.RepeatInterval)
	severity := m.severity(r, f)
	var e *modelEpisode
	if n := len(state.episodes); n > 0 && at <= state.episodes[n-1].lastMet+quiet {
		e = state.episodes[n-1]
	}
	isNew, newStage := e == nil, false
	if isNew {
		e = &modelEpisode{opened: at, lastMet: at, severity: severity, parts: evidence, first: first}
		state.episodes = append(state.episodes, e)
	} else {
		newStage = e.newStage(evidence)
		e.parts = append(append(e.parts, e.later...), arrived...)
	}
	risen := severity > e.severity || !isNew && r.id == "attack_sequence" && newStage
	e.later = nil
	e.flows++
	if measure == 0 {
		measure = e.flows
	}
	status := alert.Updated
	e.severity = max(e.severity, severity)
	e.lastMet = max(e.lastMet, at)
	if isNew || risen || at >= e.emittedTime+repeat || measure >= 10*e.emittedMeasure {
		e.emittedTime, e.emittedMeasure = at, measure
		totals := e.totals(r)
		if isNew {
			status, totals = alert.Opened, alert.Totals{}
		}
		m.emit(r, status, state.key, e.opened, at, measure, e.severity, totals)
		if isNew {
			m.addStages(r, f, at)
		}
	}
}

// resolve resolves the episodes of a scope to which no further flow can belong, unless it is late.
func (m *model) resolve(s *modelScope) {
	if !m.cfg.EmitResolved {
		return
	}
	type ended struct {
		rule  *modelRule
		state *modelState
		*modelEpisode
		due int64
	}
	var list []ended
	for _, r := range m.rules {
		for _, state := range r.keys {
			for _, e := range state.episodes {
				due := e.lastMet + seconds(m.settings(r).QuietPeriod) + seconds(m.cfg.AllowedLateness)
				if state.key.scope == s.name && !e.resolved && s.watermark > due {
					list = append(list, ended{r, state, e, due})
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b ended) int { return cmp.Compare(a.due, b.due) })
	for _, e := range list {
		e.resolved = true
		m.emit(e.rule, alert.Resolved, e.state.key, e.opened, e.lastMet, e.emittedMeasure, e.severity, e.totals(e.rule))
	}
}

func (m *model) emit(
	r *modelRule, status alert.Status, key modelKey, opened, at, measure int64, severity alert.Severity, totals alert.Totals,
) {
	m.alerts = append(m.alerts, modelAlert{
		rule: r.id, status: status, key: key, time: at, measure: measure, severity: severity,
		uid: m.uid(r, key, opened), totals: totals,
	})
}

func (m *model) severity(r *modelRule, f *flow.Flow) alert.Severity {
	if chosen := m.settings(r).Severity; chosen != 0 {
		return chosen
	}
	return r.severity(f, m.settings(r))
}

// seeValue adds a value, or updates its time if the new one is later.
func (m *model) seeValue(state *modelState, r *modelRule, f *flow.Flow) {
	state.see(modelEntry{value: r.value(m, f), time: f.Time, weight: 1, first: f.Time, part: m.partOf(r, f)})
}

// see adds an entry, or replaces that of its value if the new one is not earlier.
func (state *modelState) see(entry modelEntry) {
	i := slices.IndexFunc(state.entries, func(e modelEntry) bool { return e.value == entry.value })
	if i >= 0 {
		if entry.time < state.entries[i].time {
			return
		}
		state.entries = slices.Delete(state.entries, i, i+1)
	}
	state.enter(entry)
}

// addWeight adds a pane, or adds to the sum of an existing one.
func (m *model) addWeight(state *modelState, r *modelRule, f *flow.Flow, at int64) {
	w, part := capped(r.weight(f)), m.partOf(r, f)
	for i := range state.entries {
		if e := &state.entries[i]; e.time == at { //nolint:gocritic // the found entry is the short case
			e.weight = add(e.weight, w)
			e.first, e.latest = min(e.first, f.Time), max(e.latest, f.Time)
			e.part.flows++
			e.part.packets, e.part.bytes = add(e.part.packets, part.packets), add(e.part.bytes, part.bytes)
			return
		}
	}
	state.enter(modelEntry{time: at, weight: w, first: f.Time, part: part, latest: f.Time, arrival: m.arrived, flow: f})
}

func (state *modelState) enter(entry modelEntry) {
	i := 0
	for i < len(state.entries) && state.entries[i].time <= entry.time {
		i++
	}
	state.entries = slices.Insert(state.entries, i, entry)
}

// expire drops the entries that are older than the newest by more than age, in seconds.
func (state *modelState) expire(age int64) {
	newest := state.entries[len(state.entries)-1].time
	state.entries = slices.DeleteFunc(state.entries, func(e modelEntry) bool { return e.time < newest-age })
}

// keepNewest drops all but the newest n entries.
func (state *modelState) keepNewest(n int64) {
	if extra := int64(len(state.entries)) - n; extra > 0 {
		state.entries = slices.Delete(state.entries, 0, int(extra))
	}
}

// sum returns the total weight of the entries with after < time <= upTo.
func (state *modelState) sum(after, upTo int64) int64 {
	total := int64(0)
	for _, e := range state.entries {
		if after < e.time && e.time <= upTo {
			total = add(total, e.weight)
		}
	}
	return total
}

// between returns the entries after one time up to another, which is included.
func (state *modelState) between(after, upTo int64) (list []modelEntry) {
	for _, e := range state.entries {
		if after < e.time && e.time <= upTo {
			list = append(list, e)
		}
	}
	return list
}

// add returns the sum of two weights. It is capped, so that forged records cannot make it negative.
func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
