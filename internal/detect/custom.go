// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// CustomRule is a rule of the configuration. It has the same parts as a built-in rule.
type CustomRule struct {
	// ID is the name in metrics and alerts: letters, digits and underscores. No other rule may have it.
	ID string `mapstructure:"id" config:"text"`
	// Title is the name for people. Empty means the id.
	Title string `mapstructure:"title" config:"text"`
	// Description says why the finding matters. Mitigation says what to do. Alerts show both.
	Description string `mapstructure:"description" config:"text"`
	Mitigation  string `mapstructure:"mitigation" config:"text"`
	// Mitre is the place in the matrix of MITRE ATT&CK.
	Mitre CustomMitre `mapstructure:"mitre"`
	// Match says which flows count. Without it (nil), every request does.
	Match *Match `mapstructure:"match"`
	// First and Then replace Match in a sequence: enough distinct values of First, then one flow of Then.
	First *Match `mapstructure:"first"`
	Then  *Match `mapstructure:"then"`
	// Kind is how the rule measures: each, distinct, sum, first_seen or sequence.
	Kind Kind `mapstructure:"kind" config:"text"`
	// Key lists the parts of a flow for whose values the rule measures separately.
	Key []Part `mapstructure:"key" config:"nonempty,text"`
	// Count lists the parts whose different values count.
	Count []Part `mapstructure:"count" config:"nonempty,text"`
	// Sum is what a sum adds up: packets or bytes.
	Sum string `mapstructure:"sum" config:"text"`
	// Over says that a sum must exceed the threshold. Otherwise it is enough to reach it.
	Over bool `mapstructure:"over"`

	Settings `mapstructure:",squash"`
}

// CustomMitre is a place in the matrix of MITRE ATT&CK, by its ids.
type CustomMitre struct {
	Tactic    string `mapstructure:"tactic" config:"text"`
	Technique string `mapstructure:"technique" config:"text"`
}

// MaxCustomRules bounds the number of custom rules.
const MaxCustomRules = 100

// customKinds are the settings of each kind, besides those of all custom rules, with their defaults.
var customKinds = map[Kind]struct {
	settings []string // of Settings
	own      []string // of CustomRule
	defaults CustomRule
}{
	Each: {[]string{"quiet_period"}, []string{"match"}, CustomRule{Settings: Settings{QuietPeriod: 24 * time.Hour}}},
	Distinct: {
		[]string{"threshold", "window", "quiet_period"},
		[]string{"match", "count"},
		CustomRule{Settings: Settings{Window: 10 * time.Minute, QuietPeriod: time.Hour}},
	},
	Sum: {
		[]string{"threshold", "window", "quiet_period"},
		[]string{"match", "sum", "over"},
		CustomRule{Settings: Settings{Window: 10 * time.Minute, QuietPeriod: time.Hour}},
	},
	FirstSeen: {
		[]string{"retention", "learning_period"},
		[]string{"match"},
		CustomRule{Settings: Settings{Retention: 30 * 24 * time.Hour, LearningPeriod: 7 * 24 * time.Hour}},
	},
	Sequence: {
		[]string{"failures", "window", "quiet_period"},
		[]string{"first", "then", "count"},
		CustomRule{Count: countAttempts, Settings: Settings{Failures: 5, Window: time.Hour, QuietPeriod: time.Hour}},
	},
}

// Kinds lists the kinds of custom rules.
func Kinds() []Kind { return []Kind{Each, Distinct, Sum, FirstSeen, Sequence} }

// DefaultCustomRule returns a rule of a kind with the default settings.
func DefaultCustomRule(kind Kind) CustomRule {
	c := customKinds[kind].defaults
	c.Kind, c.Enabled, c.MaxKeys = kind, true, defaultMaxKeys
	c.Count = slices.Clone(c.Count)
	return c
}

// CustomSettings returns the names of all settings of a custom rule.
func CustomSettings(kind Kind) []string {
	of := customKinds[kind]
	return slices.Concat([]string{
		"id", "title", "description", "mitigation", "mitre", "kind", "key", "enabled", "severity", "max_keys", "ignore", "dry_run",
	}, of.own, of.settings)
}

// rule returns the rule that the configuration declares.
func (c *CustomRule) rule() *Rule {
	r := &Rule{
		ID:         c.ID,
		Title:      cmp.Or(c.Title, c.ID),
		Category:   "custom",
		Severity:   cmp.Or(c.Severity, alert.Low),
		Tactic:     tacticOf(c.Mitre.Tactic),
		Technique:  techniqueOf(c.Mitre.Technique),
		Impact:     c.Description,
		Mitigation: c.Mitigation,
		Unit:       alert.Flows,
		Keys:       customKinds[c.Kind].settings,
		Defaults:   c.Settings,

		isCustom: true,
		kind:     c.Kind,
		match:    *cmp.Or(c.First, c.Match, new(Match)),
		then:     c.Then,
		key:      c.Key,
		count:    c.Count,
		over:     c.Over,
	}
	switch c.Kind {
	case Sum:
		r.Unit = alert.Unit(c.Sum)
	case Distinct, Sequence:
		r.Unit = unitOf(c.Count)
	}
	r.Defaults.Severity = 0 // the severity of a threat list has precedence
	r.wholeScope = !r.belongsToSource()
	r.subject = r.customSubject()
	r.sentence = r.customSentence
	return r
}

// belongsToSource reports whether the state can be divided by the source of a flow.
func (r *Rule) belongsToSource() bool {
	onlyRequests := func(m *Match) bool { return m == nil || m.Role == nil || len(m.Role) == 1 && m.Role[0] == requestRole }
	return slices.Contains(r.key, sourcePart) && onlyRequests(&r.match) && onlyRequests(r.then)
}

// customSubject returns the side that the rule is about inside the network: the destination if the rule also evaluates
// traffic from outside.
func (r *Rule) customSubject() side {
	kinds := r.match.kinds(true)
	if kinds&kindsOf(network.ExternalToInternal) != 0 && kinds&kindsOf(network.InternalToExternal) == 0 {
		return destinationSide
	}
	return sourceSide
}

// ruleset returns the name of the ruleset in alerts. It is empty for built-in rules.
func (r *Rule) ruleset() string {
	if r.isCustom {
		return alert.CustomRuleset
	}
	return ""
}

// rulesetVersion returns the version of the ruleset. Custom rules have none.
func (r *Rule) rulesetVersion() string {
	if r.isCustom {
		return ""
	}
	return RulesetVersion
}

// shape says how the state of a custom rule is laid out. State of another shape cannot be loaded.
func (r *Rule) shape() string {
	if !r.isCustom {
		return ""
	}
	var text []byte
	text = append(text, string(r.kind)+" "+string(r.Unit)...)
	for _, list := range [][]Part{r.key, r.count} {
		text = append(text, ';')
		for _, p := range list {
			text = append(append(text, ' '), p...)
		}
	}
	return string(text)
}

// ignoreKey returns the name of the rule's allowlist.
func (r *Rule) ignoreKey() string {
	if r.isCustom {
		return "custom_rules::" + r.ID + "::ignore"
	}
	return "rules::" + r.ID + "::ignore"
}

// storageID returns the id of the rule in storage keys. Custom rules have a prefix, so that their ids cannot be those of other
// tables.
func (r *Rule) storageID() string {
	if r.isCustom {
		return "custom/" + r.ID
	}
	return r.ID
}
