// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package detect finds attacks in flows. Each of its rules is a small state machine over event time. The package uses
// no log records, clocks, locks or goroutines.
package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// Engine evaluates flows with all enabled rules. Only Classify is safe for concurrent use. All other methods must be
// called by one goroutine at a time.
type Engine struct {
	shared
	allowlists *allowlists
	classifier classifier
	scopeOf    Scope
	byClass    [numClasses][]observer // the rules that evaluate flows of a class, in order
	running    []runningRule
	gateways   *gateways // nil if evaluate_hops is set
	profiling  bool
	profiled   timeSpan
}

type runningRule struct {
	observer
	stats *RuleStats
}

// New returns an engine for a valid configuration. Without threats, malicious_remote_access and suspicious_destination
// never alert. Without countries, unusual_country never alerts.
func New(cfg Config, threats *threatlist.Table, countries network.Countries) (*Engine, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	e := &Engine{
		shared:     newShared(&cfg, threats, countries),
		classifier: newClassifier(&cfg),
		scopeOf:    cfg.Scope,
		profiling:  cfg.Profile,
	}
	e.allowlists = newAllowlists(&e.shared, cfg.Ignore)
	if !cfg.EvaluateHops {
		e.gateways = newGateways(maxGateways)
	}
	for _, rule := range Rules {
		set, configured := cfg.Rules[rule.ID]
		if !configured {
			set = rule.defaults()
		}
		if set.Enabled {
			e.add(rule, set)
		}
	}
	return e, nil
}

func (e *Engine) add(rule *Rule, set Settings) {
	stats := &RuleStats{Rule: rule.ID}
	running := rule.build(newBase(&e.shared, e.allowlists, rule, set, stats, e.profiling))
	e.running = append(e.running, runningRule{running, stats})
	for _, class := range rule.classes {
		e.byClass[class] = append(e.byClass[class], running)
	}
}

// Classify fills ev from f. It returns Evaluate if ev must be passed to Observe, or else the reason to skip it. It is
// safe for concurrent use. now is the current time in Unix seconds; it only limits how far the time of a flow may be in
// the future.
func (e *Engine) Classify(f *flow.Flow, now int64, ev *Event) Skip {
	return e.classifier.classify(f, now, ev)
}

// Observe evaluates an event for which Classify returned Evaluate. It calls emit for each alert, in order. It returns
// Hop instead of evaluating the event if a gateway logged or forwarded the traffic. Only earlier events show that a
// gateway forwarded it.
func (e *Engine) Observe(ev *Event, emit func(*alert.Alert)) Skip {
	if ev.hop {
		e.gateways.learn(ev)
		return Hop
	}
	if e.gateways != nil && e.gateways.carries(ev) {
		return Hop
	}
	e.emit = emit
	s := e.scopes.get(e.scopeName(ev))
	if s.watermark == math.MinInt64 || ev.Time > s.watermark {
		s.watermark = ev.Time
		resolveEpisodes(&e.shared, s)
		e.allowlist.Advance(ev.Time)
	}
	ev.scope = s
	ev.late = ev.Time < s.watermark-e.lateness
	if !ev.late {
		s.first = min(s.first, ev.Time)
	}
	e.hosts.learn(ev)
	e.allowlists.begin(ev)
	e.stats.count(ev)
	if e.profiling {
		e.profiled.add(ev.Time)
	}
	for _, rule := range e.byClass[ev.class] {
		rule.observe(ev)
	}
	return Evaluate
}

func (e *Engine) scopeName(ev *Event) string {
	switch {
	case e.scopeOf == Global:
		return ""
	case e.scopeOf == ByVPC && ev.VPC != "":
		return ev.VPC
	default:
		return ev.Account
	}
}
