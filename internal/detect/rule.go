// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/portset"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/profile"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// RulesetVersion is the version of all rules together. It changes when the meaning of one of them changes.
const RulesetVersion = "1"

// Rule declares one detection: its texts, its settings, and how to build its state. Each rule has a file of its own.
type Rule struct {
	// ID is the name in the configuration, in metrics and in alerts.
	ID string
	// Title is the name for people.
	Title string
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

	// classes are the directions of traffic that the rule evaluates.
	classes []network.Class
	// wholeScope says that the state does not belong to the source of a flow but to its whole scope.
	wholeScope bool
	// subject is the side of the internal host that the rule is about.
	subject side
	// sentence writes the body of an alert. All other fields of the alert are set.
	sentence func(*alert.Alert, details) string
	// build returns the rule with empty state.
	build func(base) observer
}

// Settings returns the names of all settings of the rule.
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

// observer is a rule with its state.
type observer interface {
	// observe evaluates a flow. It is called once for every flow of the rule's classes.
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
	ports      *portset.Set
	ignore     []allowlist.Item

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
		stats:     &RuleStats{Rule: rule.ID},
		window:    seconds(set.Window),
		quiet:     seconds(set.QuietPeriod),
		retention: seconds(set.Retention),
		learning:  seconds(set.LearningPeriod),
		ports:     portset.New(set.Ports),
		ignore:    ignore,
		parts:     parts,
		maxKeys:   (set.MaxKeys + parts - 1) / parts,
	}
	if profiling {
		b.recorder = profile.NewRecorder(b.maxKeys)
	}
	return b
}

func (b *base) common() *base { return b }

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
	return p == nil || t < p.watermark-b.shared.settles
}
