// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// attackSequence is a kind of rule that watches the opened alerts of other rules. Per host, it counts the different stages
// of an attack in a sliding window. Because alerts are in the order of events, it runs after the shards.
type attackSequence struct {
	base
	keyed[*hostSteps]
	bytes int64 // memory of the hosts
	// exposed are the ports of new_exposed_service.
	exposed []int
}

// hostSteps is the state of a host.
type hostSteps struct {
	steps   steps
	episode *episode // its values are the stages
	counted int64    // memory in bytes, as counted
}

func newAttackSequence(b base) observer {
	b.set.Threshold = int64(b.set.Stages)
	s := &attackSequence{base: b}
	s.keyed = newKeyed(&s.base, codec[*hostSteps]{
		encode: func(e *encode.Encoder, h **hostSteps) {
			(*h).steps.encode(e)
			encodeEpisode(e, (*h).episode)
		},
		decode:  s.decode,
		last:    func(h **hostSteps) int64 { return (*h).steps.newest() },
		episode: func(h **hostSteps) *episode { return (*h).episode },
	})
	s.heap = func() int64 { return s.bytes }
	dropped := s.table.Dropped
	s.table.Dropped = func(n uint32, h **hostSteps) {
		dropped(n, h)
		s.bytes -= (*h).counted
	}
	s.log.reset = func(h **hostSteps) {
		if *h != nil {
			s.bytes -= (*h).counted
		}
	}
	return s
}

// evaluates implements observer. The rule evaluates no flows.
func (*attackSequence) evaluates(network.Class) bool { return false }

// observe implements observer.
func (*attackSequence) observe(*Event) {}

func (s *attackSequence) isInternal(a netip.Addr) bool { return s.shared.hosts.internal.Contains(a) }

// observeAlert adds an alert to the timelines of its hosts, if it is no dry-run alert. ev is the event at which it was emitted.
func (s *attackSequence) observeAlert(ev *Event, a *alert.Alert) {
	if a.Status != alert.Opened || a.DryRun {
		return
	}
	for i := range stageRules[a.Rule] {
		rule := &stageRules[a.Rule][i]
		if rule.applies == nil || rule.applies(s, a) {
			s.observeStep(s.eventOf(ev, a, rule.hostOf(a)), step{a.Time, rule.stage, a.UID, a.Technique.ID, rule.text(a) + clockTime(a.Time)})
		}
	}
}

func clockTime(t int64) string { return time.Unix(t, 0).UTC().Format(" (15:04)") }

// eventOf returns an alert about a host as an event, whose source is the host.
func (*attackSequence) eventOf(ev *Event, a *alert.Alert, host netip.Addr) *Event {
	return &Event{
		Flow:  flow.Flow{Time: a.Time, Src: host, Account: a.Account, Region: a.Region},
		class: network.InternalToInternal, src: host.As16(), scope: ev.scope, number: ev.number, watermark: ev.watermark,
	}
}

func (s *attackSequence) observeStep(ev *Event, added step) {
	if s.ignored(ev) {
		return
	}
	k := lru.Key{Scope: ev.scope.id, Src: ev.src}
	slot, created := s.table.Touch(&k)
	if created {
		*slot = &hostSteps{}
	}
	host := *slot
	host.steps.add(added, s.keep())
	stages := host.steps.fullestWindow(added.t, s.window)
	measure := int64(len(stages))
	if s.recorder != nil {
		s.recorder.Raise(&k, int64(numStages), func() int64 { return measure })
	}
	if measure >= s.set.Threshold {
		s.fire(ev, host, stages)
	}
	s.count(host)
}

// fire handles a host that meets the condition with the given stages.
func (s *attackSequence) fire(ev *Event, host *hostSteps, stages []step) {
	ep, opened := s.episodeAt(&host.episode, ev.Time)
	g := ep.ensureGrowth()
	for _, each := range stages {
		if !g.values.has(uint64(each.stage)) {
			ep.lastMeasure = 0 // a new stage is reported
		}
		g.values.add(uint64(each.stage))
	}
	if opened {
		ep.first = stages[0].t
	}
	a := s.nextAlert(ev, ep, opened, ev.Time, int64(len(stages)), s.severityOr(s.Severity))
	switch {
	case a != nil:
		d := s.describe(a, host, stages)
		s.emitEpisode(ev, ep, a, d)
	case ep.place != notQueued && int64(len(stages)) == ep.last.Alert.Measure:
		latest := *ep.last.Alert // the alert that ends the episode has the latest steps
		d := s.describe(&latest, host, stages)
		d.First = ep.last.Details.First
		ep.last = &lastAlert{&latest, d}
	}
}

// describe adds the stages to an alert.
func (s *attackSequence) describe(a *alert.Alert, host *hostSteps, stages []step) (d details) {
	a.FirstSeen, a.LastSeen = stages[0].t, stages[len(stages)-1].t
	a.Stages, a.Related, a.RelatedTechniques = nil, nil, nil
	for _, each := range stages {
		a.Stages = append(a.Stages, each.stage.String())
		d.Steps = append(d.Steps, each.text)
		if each.technique != s.mitre.Technique.ID && !slices.Contains(a.RelatedTechniques, each.technique) {
			a.RelatedTechniques = append(a.RelatedTechniques, each.technique)
		}
	}
	for _, each := range host.steps.upTo(a.LastSeen, s.window) {
		a.Related = append(a.Related, each.uid)
	}
	return d
}

// ignored reports whether an allowlist matches the host and the time of the alert, and counts it. Entries with other parts
// than source and account do not match, because an alert is about more than one flow.
func (s *attackSequence) ignored(ev *Event) bool {
	lists := s.shared.allowlists
	entry, found := lists.matchHost(&ev.Flow, s.ID, s.ignore)
	if found {
		lists.removed.Add(entry)
		s.stats.Suppressed[Allowlisted]++
	}
	return found
}

// count accounts for the memory of a host, which has changed.
func (s *attackSequence) count(host *hostSteps) {
	bytes := host.steps.bytes() + host.episode.bytes()
	s.bytes += bytes - host.counted
	host.counted = bytes
}

func (s *attackSequence) decode(d *encode.Decoder, slot **hostSteps) {
	*slot = &hostSteps{steps: decodeSteps(d), episode: s.decodeEpisode(d)}
	s.count(*slot)
}
