// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package detect finds attacks in flows. Each of its rules is a small state machine over event time. The package uses no
// log records and no clock. Rules use no locks and no goroutines; engine_parallel.go runs them concurrently.
package detect

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// Engine evaluates flows with all enabled rules. Only Classify is safe for concurrent use. All other methods must be
// called by one goroutine at a time.
//
// A batch of events passes three steps: prepare adds what depends on the order of all events, such as the watermark. The
// shards, each with a part of the state, run the rules. complete adds what the inventory knows to the alerts, in the order of
// events.
type Engine struct {
	config     Config
	classifier classifier
	lateness   int64 // seconds
	lead       int64 // seconds that one interface may be ahead of the others without making them late
	scopes     *scopes
	gateways   *gateways // nil with the setting evaluate_hops
	inputs     *inputs
	hosts      *hosts
	allowlist  *allowlist.Tracker
	ignore     *ignoreLists
	budget     budget
	stats      Stats
	untimely   map[string]*Untimely // by scope, for diagnosis only
	profiled   timeSpan

	shards   []*shard
	watching *shard // the rules that watch alerts
	sequence *attackSequence
	running  []runningRule
	drafts   []draftAlert // of the current batch
	one      [1]*Event    // the batch of Observe

	// attempts are the classes whose attempts a rule asks for. judges are the shards that keep attempts: all, or only the first.
	attempts [numClasses]bool
	judges   []*shard
	floods   []*flood // the parts of the rule that compares sums with what comes back; nil without it

	droppedScopes int64 // evicted scopes that the shards have dropped

	replaced []string // storage keys to delete at the next save, because the number of shards has changed
}

// runningRule is an enabled rule with its parts in the shards.
type runningRule struct {
	*Rule
	parts []observer
}

// New returns an engine for a valid configuration. Without threats, malicious_remote_access and suspicious_destination
// never alert. Without countries, unusual_country never alerts.
func New(cfg Config, threats *threatlist.Table, countries network.Countries) (*Engine, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	e := &Engine{
		config:     cfg,
		classifier: newClassifier(&cfg),
		lateness:   seconds(cfg.AllowedLateness),
		lead:       seconds(cfg.MaxFuture),
		scopes:     newScopes(),
		inputs:     newInputs(maxInputs),
		hosts:      newHosts(network.NewRanges(cfg.InternalNetworks), new(names.Interner), cfg.MaxHosts),
		allowlist:  allowlist.NewTracker(),
		ignore:     new(ignoreLists),
		untimely:   map[string]*Untimely{},
	}
	ignore := e.allowlist.AddPermanent("ignore", cfg.Ignore)
	e.ignore.config = splitByRule(ignore)
	e.ignore.noteConfig(ignore)
	e.budget.limit = int64(cfg.MaxStateMiB) << 20
	e.budget.add("inventory", weightOfInventory, e.hosts.bounded()...)
	if !cfg.EvaluateHops {
		e.gateways = newGateways(maxGateways)
		e.budget.add("gateways", weightOfRule, &keyed[gateway]{table: e.gateways.table, log: e.gateways.log, limit: maxGateways})
	}
	for range max(1, cfg.Shards) {
		e.shards = append(e.shards, newShard(newShared(&cfg, threats, countries, e.hosts, e.ignore)))
	}
	e.addJudges()
	e.watching = newShard(newShared(&cfg, threats, countries, e.hosts, e.ignore))
	for _, rule := range cfg.rules() {
		set := cfg.settings(rule)
		if !set.Enabled {
			continue
		}
		ignore := e.allowlist.AddPermanent(rule.ignoreKey(), set.Ignore)
		e.ignore.noteConfig(ignore)
		r := e.build(rule, set, ignore, e.shardsOf(rule))
		if watcher, ok := r.parts[0].(*attackSequence); ok {
			e.sequence = watcher
			exposed := cfg.settings(newExposedService)
			watcher.exposed = exposed.Ports
		}
		e.running = append(e.running, r)
		e.budget.add(r.ID, r.weight(), r.bounded()...)
		if floods := floodsOf(&r); floods != nil {
			e.floods = floods
			e.budget.add(returnedKey, weightOfReturned, returnedParts(floods)...)
		}
	}
	return e, nil
}

// shardsOf returns the shards that may have state of a rule.
func (e *Engine) shardsOf(rule *Rule) []*shard {
	if rule.kind == AlertStages {
		return []*shard{e.watching}
	}
	return e.shards
}

// allShards returns the shards of all rules.
func (e *Engine) allShards() []*shard { return append(slices.Clip(e.shards), e.watching) }

// minKeys is the least share of max_keys for which a rule is divided. With a smaller one, some shards would evict keys
// while others have space.
const minKeys = 1000

// build builds a rule in the given shards. Only the first shard has state that belongs to a whole scope, and that of a
// rule with few keys.
func (e *Engine) build(rule *Rule, set Settings, ignore []allowlist.Item, shards []*shard) runningRule {
	switch {
	case rule.judges(&set):
		shards = shards[:e.judgesOf(len(shards))]
	case rule.isUndivided(&set, len(shards)):
		shards = shards[:1]
	}
	running := runningRule{Rule: rule}
	for number, s := range shards {
		b := newBase(&s.shared, rule, set, ignore, len(shards), e.config.Profile)
		b.index, b.storageKey = len(e.running), shardKey(rule.storageID(), number)
		running.parts = append(running.parts, s.add(b))
	}
	return running
}

// Classify fills ev from f, which may be &ev.Flow. It returns Evaluate if ev must be passed to Observe, or else the reason
// to skip it. It is safe for concurrent use. now is the current time in Unix seconds; it only limits how far the time of a
// flow may be in the future.
func (e *Engine) Classify(f *flow.Flow, now int64, ev *Event) Skip {
	return e.classifier.classify(f, now, ev)
}

// Observe evaluates an event for which Classify returned Evaluate. It calls emit for each alert, in order. It returns
// Hop instead of evaluating the event if a gateway logged or forwarded the traffic. Only earlier events show that a
// gateway forwarded it.
func (e *Engine) Observe(ev *Event, emit func(*alert.Alert)) Skip {
	e.one[0] = ev
	if e.ObserveAll(e.one[:], emit) > 0 {
		return Hop
	}
	return Evaluate
}

// ObserveAll evaluates a batch of events in order, as Observe does. It returns the number of events for which Observe
// returns Hop. The alerts depend neither on the number of shards nor on the size of batches.
func (e *Engine) ObserveAll(events []*Event, emit func(*alert.Alert)) (hops int64) {
	size := len(events)
	if e.ignore.identifies {
		size = 1 // so that the inventory has no later events when an allowlist uses it
	}
	for len(events) > 0 {
		batch := events[:size]
		events = events[size:]
		for i, ev := range batch {
			if !e.prepare(ev, i) {
				hops++
			}
		}
		runShards(e.shards, batch)
		e.complete(batch, emit)
		e.budget.observed(len(batch))
	}
	return hops
}

// prepare adds to an event what depends on earlier events of all shards, and assigns it to its shards. position is its
// index in the batch. It reports whether the event is evaluated.
func (e *Engine) prepare(ev *Event, position int) bool {
	ev.scope = nil
	if ev.hop {
		e.gateways.learn(ev)
		return false
	}
	if e.gateways != nil && e.gateways.carries(ev) {
		return false
	}
	s := e.scopes.get(e.scopeName(&ev.Flow))
	advances := s.watermark.pass(ev)
	if advances {
		e.allowlist.Advance(ev.Time)
	}
	ev.late = ev.Time < s.watermark.reached(e.lead)-e.lateness
	if !ev.late {
		s.first = min(s.first, ev.Time)
	}
	if ev.Action == flow.Accept {
		s.noteOpposite(ev)
	}
	ev.scope, ev.number, ev.watermark, ev.first = s, e.scopes.flows, s.watermark.newest, s.first
	if ev.attempt != noAttempt && !e.wants(ev) {
		ev.attempt = noAttempt
	}
	ev.opposite = s.opposite
	e.countTimely(ev)
	if e.ignore.identifies {
		e.hosts.learn(ev)
	}
	e.stats.count(ev)
	if e.config.Profile {
		e.profiled.add(ev.Time)
	}
	assign(e.shards, ev, position, advances)
	return true
}

// ScopeOf returns the name of the scope of a flow.
func (e *Engine) ScopeOf(f *flow.Flow) string { return e.scopeName(f) }

func (e *Engine) scopeName(f *flow.Flow) string {
	switch {
	case e.config.Scope == Global:
		return ""
	case e.config.Scope == ByVPC && f.VPC != "":
		return f.VPC
	default:
		return f.Account
	}
}

// complete updates the inventory, and completes and emits the alerts, both in the order of events.
func (e *Engine) complete(events []*Event, emit func(*alert.Alert)) {
	drafts := e.drafts[:0]
	for _, s := range e.shards {
		drafts = append(drafts, s.drafts...)
		clear(s.drafts)
		s.drafts = s.drafts[:0]
	}
	slices.SortStableFunc(drafts, compareDrafts)
	next := 0
	for i, ev := range events {
		if ev.scope == nil {
			continue
		}
		if !e.ignore.identifies {
			e.hosts.learn(ev)
		}
		from := next
		for next < len(drafts) && drafts[next].position == i {
			next++
		}
		e.emitDrafts(ev, i, drafts[from:next], emit)
	}
	countRemoved(e.shards)
	clear(drafts)
	e.drafts = drafts[:0]
	if e.scopes.evicted != e.droppedScopes {
		e.droppedScopes = e.scopes.evicted
		for _, s := range e.allShards() {
			s.dropEvicted(e.scopes)
		}
	}
}
