// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// RulesetVersion is the version of the rules as a whole. It changes whenever one of them comes to mean something else.
const RulesetVersion = "1"

// Rule describes one detection: what it says, what may be tuned, and how it is made. Each stands in a file of its own.
type Rule struct {
	// ID is the name in configuration, metrics and alerts.
	ID string
	// Title is the name for people.
	Title string
	// Category is the kind of finding.
	Category string
	// Severity of the alerts unless the user or the rule's logic says otherwise.
	Severity alert.Severity
	// Tactic and Technique are the ids under which alerts are filed; Related are technique ids that fit as well.
	Tactic    alert.Tactic
	Technique alert.Technique
	Related   []string
	// Impact says in a sentence or two why it matters, Mitigation what to do.
	Impact, Mitigation string
	// Unit is what the measure counts.
	Unit alert.Unit
	// Keys are the settings that the rule takes besides enabled, severity, max_keys and ignore.
	Keys []string
	// Defaults are the values of Keys, and of MaxKeys where the usual bound does not fit.
	Defaults Settings

	// classes are the directions of traffic that the rule looks at.
	classes []network.Class
	// sentence says in one sentence what happened. Nothing of the alert is missing but the sentence.
	sentence func(*alert.Alert, extent) string
	// build makes the rule's state.
	build func(base) observer
}

// Rules are all detections, in the order in which they see a flow.
var Rules = []*Rule{
	rejectedInternalScan,
	externalPortScan,
	internalPortScan,
	remoteServiceBruteForce,
	maliciousRemoteAccess,
	dnsNotOverUDP,
	newInternalPeer,
	excessiveInboundICMP,
	remoteServiceRejects,
	suspiciousDestination,
	unusualCountry,
	largeOutboundTransfer,
	externalRejectSweep,
	internalRejectSweep,
}

// Find returns the rule with the id, or nil.
func Find(id string) *Rule {
	for _, rule := range Rules {
		if rule.ID == id {
			return rule
		}
	}
	return nil
}

func ids() []string {
	list := make([]string, len(Rules))
	for i, rule := range Rules {
		list[i] = rule.ID
	}
	return list
}

// Settings returns the keys of all settings that the rule has.
func (r *Rule) Settings() []string {
	return append([]string{"enabled", "severity", "max_keys", "ignore"}, r.Keys...)
}

const defaultMaxKeys = 200_000

func (r *Rule) defaults() Settings {
	set := r.Defaults
	set.Enabled = true
	if set.MaxKeys == 0 {
		set.MaxKeys = defaultMaxKeys
	}
	set.Ports = slices.Clone(set.Ports)
	return set
}

// observer is a rule at work. It sees each flow of its classes, once.
type observer interface {
	observe(*Event)
	// size returns how many keys are remembered now and how many had to be forgotten so far.
	size() (tracked int, evicted int64)
	// saver returns what saves the rule's state.
	saver() saver
	// surveyor returns what is surveyed.
	surveyor() *base
}

// base is what all rules at work share. Times are in seconds.
type base struct {
	*Rule
	set       Settings
	engine    *Engine
	stats     *RuleStats
	window    int64
	quiet     int64
	retention int64
	learning  int64
	ports     *ports
	ignore    []allowed

	// peaks are kept for the survey; nil without one. gauge says what they measure, and beyond is 1 where the threshold is to be exceeded.
	peaks  *peaks
	gauge  MeasureKind
	beyond int64
}

func newBase(e *Engine, rule *Rule, set Settings, stats *RuleStats) base {
	b := base{
		Rule:      rule,
		set:       set,
		engine:    e,
		stats:     stats,
		window:    seconds(set.Window),
		quiet:     seconds(set.QuietPeriod),
		retention: seconds(set.Retention),
		learning:  seconds(set.LearningPeriod),
		ports:     newPorts(set.Ports),
		ignore:    e.allow.addFixed("rules::"+rule.ID+"::ignore", set.Ignore),
	}
	if e.surveys {
		b.peaks = newPeaks(set.MaxKeys)
	}
	return b
}

func (b *base) surveyor() *base { return b }

// keep is for how long before its newest entry a timeline is of use.
func (b *base) keep() int64 { return b.window + b.engine.lateness }

// removed tells whether an allowlist takes the flow from the rule, and counts it.
func (b *base) removed(ev *Event) bool {
	if b.engine.ignores(ev, b.ignore) {
		b.stats.Suppressed[Allowlisted]++
		return true
	}
	return false
}

// tooLate tells whether the flow is too late for a window, and counts it.
func (b *base) tooLate(ev *Event) bool {
	if ev.late {
		b.stats.Suppressed[Late]++
	}
	return ev.late
}

// severity is the user's, or else the one given.
func (b *base) severity(own alert.Severity) alert.Severity {
	if b.set.Severity != 0 {
		return b.set.Severity
	}
	return own
}

// past tells whether no flow of the scope at or before t can still change a window.
func (b *base) past(scopeID uint32, t int64) bool {
	s := b.engine.scopes.byID[scopeID]
	return s == nil || t < s.watermark-b.engine.lateness
}

// over tells whether what is known of a key can be forgotten unnoticed: its last entry is out of every window and its
// episode, if there is one, is out of reach.
func (b *base) over(k *key, newest int64, ep *episode) bool {
	return b.past(k.scope, newest+b.window) && (ep == nil || b.past(k.scope, ep.lastHold+b.quiet))
}
