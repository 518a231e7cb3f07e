// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Check returns an error for each invalid value, with its YAML key. It is not called Validate, because the Collector
// would find that method inside the processor's configuration and report each error twice.
func (c *Config) Check() error {
	var errs validation
	switch c.Scope {
	case ByAccount, ByVPC, Global:
	default:
		errs.add("scope", "%q is not account, vpc or global", string(c.Scope))
	}
	if c.Mitre != SeedIDs && c.Mitre != AttackIDs {
		errs.add("mitre", "%q is not seed or attack", string(c.Mitre))
	}
	if len(c.InternalNetworks) == 0 {
		errs.add("internal_networks", "is empty, so that no address would be internal")
	}
	errs.ports("service_ports", c.ServicePorts)
	errs.atLeast("max_future", c.MaxFuture, 0)
	errs.atLeast("allowed_lateness", c.AllowedLateness, 0)
	errs.atLeast("answer_grace", c.AnswerGrace, nearby*time.Second)
	if c.MaxAttempts < 1 {
		errs.add("max_attempts", "%d is less than 1", c.MaxAttempts)
	}
	errs.atLeast("repeat_interval", c.RepeatInterval, time.Second)
	if c.MaxHosts < 1 {
		errs.add("max_hosts", "%d is less than 1", c.MaxHosts)
	}
	if c.MaxStateMiB < 0 {
		errs.add("max_state_mib", "%d is less than 0", c.MaxStateMiB)
	}
	if c.Shards < 0 || c.Shards > maxShards {
		errs.add("shards", "%d is not from 0 to %d", c.Shards, maxShards)
	}
	errs.ids = c.ruleIDs()
	errs.entries("ignore", c.Ignore, "")
	errs.customRules(c.CustomRules)
	for id, set := range c.Rules {
		rule := Find(id)
		if rule == nil {
			errs.add("rules::"+id, "is not a rule; the rules are %s", strings.Join(ruleIDs(), ", "))
			continue
		}
		errs.settings("rules::"+id+"::", rule, &set)
	}
	slices.SortFunc(errs.list, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs.list...)
}

// ruleIDs returns the ids of all rules.
func (c *Config) ruleIDs() []string {
	ids := ruleIDs()
	for i := range c.CustomRules {
		ids = append(ids, c.CustomRules[i].ID)
	}
	return ids
}

// CheckIgnore returns an error for each invalid entry of an allowlist. key is the name of the list. Entries may name custom
// rules of the configuration.
func (c *Config) CheckIgnore(key string, entries []Ignore) error {
	errs := validation{ids: c.ruleIDs()}
	errs.entries(key, entries, "")
	return errors.Join(errs.list...)
}

// validation collects the errors of a configuration.
type validation struct {
	list []error
	ids  []string // of all rules
}

func (v *validation) add(key, format string, args ...any) {
	v.list = append(v.list, fmt.Errorf(key+": "+format, args...))
}

func (v *validation) atLeast(key string, got, least time.Duration) {
	switch {
	case got < least:
		v.add(key, "%s is less than %s", got, least)
	case got%time.Second != 0:
		v.add(key, "%s is not a whole number of seconds; write the unit, as in 90s or 10m", got)
	}
}

func (v *validation) ports(key string, numbers []int) {
	for i, n := range numbers {
		if n < 1 || n > 65535 {
			v.add(fmt.Sprintf("%s[%d]", key, i), "%d is not a port from 1 to 65535", n)
		}
	}
}

// entries checks the allowlist of a rule; rule is empty for an allowlist of the processor.
func (v *validation) entries(key string, entries []Ignore, rule string) {
	for i := range entries {
		v.entry(fmt.Sprintf("%s[%d]", key, i), &entries[i], rule)
	}
}

// entry checks one entry. It rejects an entry that would match every flow.
func (v *validation) entry(key string, e *Ignore, rule string) {
	if e.Empty() {
		v.add(key, "has none of source, destination, port, protocol, country, interface, instance, account, rule, host_name, owner, tag "+
			"and would ignore every flow")
	}
	for _, part := range []struct {
		key    string
		values []string
	}{{"instance", e.Instance}, {"host_name", e.HostName}, {"owner", e.Owner}} {
		if slices.Contains(part.values, "") {
			v.add(key+"::"+part.key, "has an empty value, which would match what is unknown")
		}
	}
	for _, tag := range e.Tag {
		if name, _, _ := strings.Cut(tag, "="); name == "" {
			v.add(key+"::tag", "%q is neither a key nor key=value", tag)
		}
	}
	for _, id := range e.Rule {
		switch {
		case !slices.Contains(v.ids, id):
			v.add(key+"::rule", "%q is not a rule; the rules are %s", id, strings.Join(v.ids, ", "))
		case rule != "" && id != rule:
			v.add(key+"::rule", "%q is another rule; an entry for several rules belongs to the ignore list of the processor", id)
		}
	}
	v.countries(key+"::country", e.Country)
}

func (v *validation) countries(key string, codes []string) {
	for _, code := range codes {
		if len(code) != 2 || strings.ToUpper(code) != code {
			v.add(key, "%q is not an ISO 3166-1 code of two capital letters", code)
		}
	}
}

func (v *validation) settings(prefix string, rule *Rule, set *Settings) {
	v.entries(prefix+"ignore", set.Ignore, rule.ID)
	if set.MaxKeys < 1 {
		v.add(prefix+"max_keys", "%d is less than 1", set.MaxKeys)
	}
	for _, key := range rule.Keys {
		switch key {
		case "threshold":
			if set.Threshold < 1 {
				v.add(prefix+key, "%d is less than 1", set.Threshold)
			}
		case "failures":
			if set.Failures < 1 {
				v.add(prefix+key, "%d is less than 1", set.Failures)
			}
		case "silence":
			v.atLeast(prefix+key, set.Silence, 10*time.Minute)
		case "stages":
			if set.Stages < 2 || set.Stages > int(numStages) {
				v.add(prefix+key, "%d is not from 2 to %d", set.Stages, numStages)
			}
		case "window":
			v.atLeast(prefix+key, set.Window, time.Second)
		case "quiet_period":
			v.atLeast(prefix+key, set.QuietPeriod, 0)
		case "retention":
			v.atLeast(prefix+key, set.Retention, time.Second)
		case "learning_period":
			v.atLeast(prefix+key, set.LearningPeriod, 0)
		case "ports":
			if len(set.Ports) == 0 {
				v.add(prefix+key, "is empty, so that no flow would qualify")
			}
			v.ports(prefix+key, set.Ports)
		case "answered_below":
			if !(set.AnsweredBelow > 0 && set.AnsweredBelow <= 1) { // also false for NaN
				v.add(prefix+key, "%v is not more than 0 and at most 1", set.AnsweredBelow)
			}
		case "group_by":
			if set.GroupBy != BySource && set.GroupBy != BySourceDestination {
				v.add(prefix+key, "%q is not source or source_destination", string(set.GroupBy))
			}
		}
	}
}
