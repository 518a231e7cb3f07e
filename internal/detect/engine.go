// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package detect watches flows for attacks: fourteen rules, each a small state machine over event time. It knows no
// log record, clock, lock or goroutine; whoever uses an Engine sees to it that Observe is called by one at a time.
package detect

import (
	"math"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// Engine holds all rules and what they remember.
type Engine struct {
	internal     *network.Ranges
	service      *ports
	threats      *threatlist.Table
	countries    network.Countries
	former       []network.Countries // see SetCountries
	scopeOf      Scope
	evaluateHops bool
	emitResolved bool
	maxFuture    int64
	lateness     int64
	repeat       int64
	ignore       []allowed
	ignoreFiles  []allowed
	allow        allowlists

	scopes   *scopes
	rules    [numClasses][]observer // those that look at the class, in their order
	running  []running
	names    interner
	keeps    bool // what is new is to be saved: see Load
	news     int  // how much is new and not saved
	episodes uint64
	stats    Stats
	surveys  bool
	surveyed surveyed
	emit     func(*alert.Alert)
}

// running is a rule at work, for the statistics.
type running struct {
	observer
	stats *RuleStats
}

const numClasses = 4

// New makes an engine from a valid configuration. threats may be nil, and countries too: then rules 5 and 10, or 11,
// have nothing to go by.
func New(cfg Config, threats *threatlist.Table, countries network.Countries) (*Engine, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	e := &Engine{
		internal:     network.NewRanges(cfg.InternalNetworks),
		service:      newServices(cfg.ServicePorts),
		threats:      threats,
		countries:    countries,
		scopeOf:      cfg.Scope,
		evaluateHops: cfg.EvaluateHops,
		emitResolved: cfg.EmitResolved,
		maxFuture:    seconds(cfg.MaxFuture),
		lateness:     seconds(cfg.AllowedLateness),
		repeat:       seconds(cfg.RepeatInterval),
		allow:        newAllowlists(),
		surveys:      cfg.Profile,
		scopes:       newScopes(),
	}
	e.ignore = e.allow.addFixed("ignore", cfg.Ignore)
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
	made := rule.build(newBase(e, rule, set, stats))
	e.running = append(e.running, running{made, stats})
	for _, class := range rule.classes {
		e.rules[class] = append(e.rules[class], made)
	}
}

// Observe shows all rules an event that Classify found worth evaluating. Alerts are handed to emit in their order.
func (e *Engine) Observe(ev *Event, emit func(*alert.Alert)) {
	e.emit = emit
	s := e.scopes.at(e.scopeName(ev))
	if s.watermark == math.MinInt64 || ev.Time > s.watermark {
		s.watermark = ev.Time
		e.resolve(s)
		e.allow.pass(ev.Time)
	}
	ev.scope = s
	ev.late = ev.Time < s.watermark-e.lateness
	if !ev.late {
		s.first = min(s.first, ev.Time)
	}
	e.stats.count(ev)
	if e.surveys {
		e.surveyed.count(ev.Time)
	}
	for _, rule := range e.rules[ev.class] {
		rule.observe(ev)
	}
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

// tell emits an alert and counts it.
func (e *Engine) tell(b *base, a *alert.Alert) {
	b.stats.alerted(a)
	e.emit(a)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
