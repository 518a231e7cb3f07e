// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/profile"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// RulesetVersion is the version of all rules together. It changes when the meaning of one of them changes.
const RulesetVersion = "1"

// Rule declares one detection: its texts, its settings, and what it measures. Each rule has a file of its own.
type Rule struct {
	// ID is the name in the configuration, in metrics and in alerts.
	ID string
	// Title is the name for people.
	Title string
	// Ruleset is the set of rules that the rule belongs to. The documentation has a table for each.
	Ruleset Ruleset
	// Category is the kind of finding.
	Category string
	// Severity is the default severity of the alerts.
	Severity alert.Severity
	// Tactic and Technique are the usual MITRE ATT&CK ids of the rule. Related lists the ids of other techniques that
	// fit. BestFit is a place in the public matrix that fits better, or nil.
	Tactic    alert.Tactic
	Technique alert.Technique
	Related   []string
	BestFit   *Fit
	// Impact says in one or two sentences why the finding matters. Mitigation says what to do.
	Impact, Mitigation string
	// Unit is what the measure counts.
	Unit alert.Unit
	// Keys are the names of the settings that only some rules have. See [Rule.Settings] for all.
	Keys []string
	// Defaults are the values of Keys. MaxKeys may be set, too.
	Defaults Settings
	// Off says that the rule is disabled by default.
	Off bool

	// isCustom says that the rule is from the configuration.
	isCustom bool
	// kind is how the rule measures a key. match says which flows it evaluates. key lists the parts of its keys, besides the
	// scope.
	kind  Kind
	match Match
	key   []Part
	// count is the value whose distinct instances a rule of the kinds distinct and sequence counts.
	count []Part
	// interval replaces count: the rule counts intervals of so many seconds, in which there was a flow. Zero means none.
	interval int64
	// then is the success of a sequence; match is the failure.
	then *Match
	// over says that a sum must exceed the threshold. Otherwise it is enough to reach it.
	over bool
	// unanswered says that a sum counts only while next to nothing comes back. Such a rule has the setting answered_below.
	unanswered bool
	// unless excludes flows that only this rule does not evaluate. May be nil.
	unless func(*shared, *Event) bool
	// severityOf returns the severity of a rule of the kinds each and first_seen. Nil means Severity.
	severityOf func(*Event, *Settings) alert.Severity
	// portsOfSource says that the setting ports does not select flows by their destination ports.
	portsOfSource bool
	// wholeScope says that the state does not belong to the source of a flow but to its whole scope.
	wholeScope bool
	// subject is the side of the internal host that the rule is about.
	subject side
	// sentence writes the body of an alert. All other fields of the alert are set.
	sentence func(*alert.Alert, details) string
}

// Ruleset is a set of rules.
type Ruleset string

// The rulesets.
const (
	// Seed has the fourteen usual detections for flow logs.
	Seed Ruleset = "seed"
	// Beyond has the detections that go beyond them.
	Beyond Ruleset = "beyond"
)

// Kind is how a rule measures a key.
type Kind string

// The kinds. The type of the same name implements each.
const (
	Each      Kind = "each"
	Distinct  Kind = "distinct"
	Sum       Kind = "sum"
	FirstSeen Kind = "first_seen"
	Sequence  Kind = "sequence"
	// AlertStages counts the stages of the alerts of other rules. Only attack_sequence has it.
	AlertStages Kind = "alert_stages"
)

// Settings returns the names of all settings of the rule.
func (r *Rule) Settings() []string {
	return append([]string{"enabled", "severity", "max_keys", "ignore", "dry_run"}, r.Keys...)
}

const defaultMaxKeys = 200_000

func (r *Rule) defaults() Settings {
	set := r.Defaults
	if r.isCustom {
		return set
	}
	set.Enabled = !r.Off
	if set.MaxKeys == 0 {
		set.MaxKeys = defaultMaxKeys
	}
	set.Ports = slices.Clone(set.Ports)
	return set
}

// observer is a rule with its state.
type observer interface {
	// evaluates reports whether the rule evaluates flows of the class.
	evaluates(network.Class) bool
	// judges reports whether the rule evaluates judged attempts of the class.
	judges(network.Class) bool
	// observe evaluates a flow or a judged attempt. It is called once for every flow of the rule's classes.
	observe(*Event)
	// size returns the number of keys and the number of keys evicted so far.
	size() (tracked int, evicted int64)
	// saver returns the saver of the state.
	saver() saver
	// common returns the part that all rules have.
	common() *base
	bounded
}

// base is the part that all rules share. Times and durations are in seconds.
type base struct {
	*Rule
	set    Settings
	shared *shared
	mitre  Classification // of the alerts
	stats  *RuleStats
	index  int // the place of the rule among the enabled ones
	// storageKey is the storage key of the rule's state in this shard.
	storageKey string
	parts      int // the number of shards with a part of the state
	maxKeys    int // in this shard
	window     int64
	quiet      int64
	retention  int64
	learning   int64
	onAttempts bool // the rule evaluates judged attempts
	// delay is how long after a flow the rule may evaluate it. A flood waits for what comes back.
	delay   int64
	ignore  []allowlist.Item
	matcher matcher
	group   grouping

	recorder *profile.Recorder // nil without a threshold profile
	measures MeasureKind
	beyond   int64 // 1 if the measure must exceed the threshold, 0 if reaching it is enough
}

func newBase(s *shared, rule *Rule, set Settings, ignore []allowlist.Item, parts int, profiling bool) base {
	b := base{
		Rule:      rule,
		set:       set,
		shared:    s,
		mitre:     rule.classification(s.mitre),
		stats:     &RuleStats{Rule: rule.ID, DryRun: set.DryRun},
		window:    seconds(set.Window),
		quiet:     seconds(set.QuietPeriod),
		retention: seconds(set.Retention),
		learning:  seconds(set.LearningPeriod),
		ignore:    ignore,
		group:     s.group(rule.keyFor(&set)),
		parts:     parts,
		maxKeys:   (set.MaxKeys + parts - 1) / parts,
	}
	b.onAttempts = rule.judges(&set)
	match := rule.matchFor(&set, false)
	b.matcher = s.compile(&match)
	if rule.unless != nil {
		b.matcher.require(func(ev *Event) bool { return !rule.unless(s, ev) })
	}
	b.matcher.requireParts(s, b.group.set|setOf(rule.count))
	if profiling {
		b.recorder = profile.NewRecorder(b.maxKeys)
	}
	return b
}

// build returns the rule with empty state.
func (b base) build() observer {
	switch b.kind {
	case Each:
		return newEach(b)
	case Distinct:
		return newDistinct(b)
	case Sum:
		if b.unanswered {
			return newFlood(b)
		}
		return newSum(b)
	case FirstSeen:
		return newFirstSeen(b)
	case AlertStages:
		return newAttackSequence(b)
	default:
		return newSequence(b)
	}
}

func (b *base) common() *base { return b }

func (b *base) evaluates(class network.Class) bool { return b.matcher.evaluates(class) }

func (b *base) judges(class network.Class) bool { return b.matcher.judges(class) }

// keyOf returns the key of the current event.
func (b *base) keyOf(ev *Event) *lru.Lookup { return b.shared.current.keys.get(b.shared, ev, &b.group) }

// keyText returns the parts of the key, without the scope, as the uid of an alert needs them.
func (b *base) keyText(ev *Event) []string { return b.group.text(b.shared, ev) }

// keep returns how many seconds of history the state of a key must hold.
func (b *base) keep() int64 { return b.window + b.shared.lateness }

// ignored reports whether an allowlist removes the current flow, and counts it.
func (b *base) ignored() bool {
	if b.shared.allowlists.ignores(b.ID, b.ignore) {
		b.stats.Suppressed[Allowlisted]++
		return true
	}
	return false
}

// tooLate reports whether the flow is too late for a window, and counts it.
func (b *base) tooLate(ev *Event) bool {
	if ev.late {
		b.stats.Suppressed[Late]++
	}
	return ev.late
}

// severityFor returns the rule's own severity for an event.
func (b *base) severityFor(ev *Event) alert.Severity {
	if b.severityOf != nil {
		return b.severityOf(ev, &b.set)
	}
	return b.Severity
}

// severityOr returns the configured severity, or else the given one.
func (b *base) severityOr(own alert.Severity) alert.Severity {
	if b.set.Severity != 0 {
		return b.set.Severity
	}
	return own
}

// settled reports whether any further flow at or before t in the scope would be late. State up to t can then no longer
// change. It is true for evicted scopes.
func (b *base) settled(scope uint32, t int64) bool {
	p := b.shared.progress.find(scope)
	return p == nil || t < b.horizon(p)
}

// horizon returns the time before which no further flow of a scope can change the state. Attempts that wait may be much
// earlier than other flows, if the logs had a gap.
func (b *base) horizon(p *progress) int64 {
	t := p.watermark - b.shared.settles - b.delay
	if b.onAttempts && !p.waiting.isEmpty() {
		t = min(t, int64(p.waiting.seconds[0].t))
	}
	return t
}

// horizonOf is horizon for the scope of an event.
func (b *base) horizonOf(ev *Event) int64 {
	if !b.onAttempts {
		return ev.watermark - b.shared.settles - b.delay
	}
	return b.horizon(b.shared.progress.of(ev.scope.id))
}
