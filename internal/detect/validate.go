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

// Check names every mistake by its YAML key and the value it got. It is not called Validate, because the collector would
// find that method inside the processor's configuration and tell each mistake twice.
func (c *Config) Check() error {
	var wrong mistakes
	switch c.Scope {
	case ByAccount, ByVPC, Global:
	default:
		wrong.add("scope", "%q is not account, vpc or global", string(c.Scope))
	}
	if len(c.InternalNetworks) == 0 {
		wrong.add("internal_networks", "is empty: nothing would be internal")
	}
	wrong.ports("service_ports", c.ServicePorts)
	wrong.atLeast("max_future", c.MaxFuture, 0)
	wrong.atLeast("allowed_lateness", c.AllowedLateness, 0)
	wrong.atLeast("repeat_interval", c.RepeatInterval, time.Second)
	wrong.entries("ignore", c.Ignore)
	for id, set := range c.Rules {
		rule := Find(id)
		if rule == nil {
			wrong.add("rules::"+id, "there is no such rule; the rules are %s", strings.Join(ids(), ", "))
			continue
		}
		wrong.settings("rules::"+id+"::", rule, &set)
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(wrong...)
}

// CheckIgnore names every mistake in an allowlist, which is called as the key.
func CheckIgnore(key string, entries []Ignore) error {
	var wrong mistakes
	wrong.entries(key, entries)
	return errors.Join(wrong...)
}

// mistakes gathers what is wrong in a configuration.
type mistakes []error

func (m *mistakes) add(key, format string, args ...any) {
	*m = append(*m, fmt.Errorf(key+": "+format, args...))
}

func (m *mistakes) atLeast(key string, got, least time.Duration) {
	switch {
	case got < least:
		m.add(key, "%s is less than %s", got, least)
	case got%time.Second != 0:
		m.add(key, "%s is not a whole number of seconds; write the unit, as in 90s or 10m", got)
	}
}

func (m *mistakes) ports(key string, numbers []int) {
	for i, n := range numbers {
		if n < 1 || n > 65535 {
			m.add(fmt.Sprintf("%s[%d]", key, i), "%d is not a port from 1 to 65535", n)
		}
	}
}

func (m *mistakes) entries(key string, entries []Ignore) {
	for i := range entries {
		m.entry(fmt.Sprintf("%s[%d]", key, i), &entries[i])
	}
}

// entry refuses what would match everything, and codes that are none.
func (m *mistakes) entry(key string, i *Ignore) {
	if len(i.Source)+len(i.Destination)+len(i.Port)+len(i.Protocol)+len(i.Country)+len(i.Interface)+len(i.Account) == 0 {
		m.add(key, "has none of source, destination, port, protocol, country, interface, account and would ignore everything")
	}
	for _, code := range i.Country {
		if len(code) != 2 || strings.ToUpper(code) != code {
			m.add(key+"::country", "%q is not an ISO 3166-1 code of two capital letters", code)
		}
	}
}

func (m *mistakes) settings(prefix string, rule *Rule, set *Settings) {
	m.entries(prefix+"ignore", set.Ignore)
	if set.MaxKeys < 1 {
		m.add(prefix+"max_keys", "%d is less than 1", set.MaxKeys)
	}
	for _, key := range rule.Keys {
		switch key {
		case "threshold":
			if set.Threshold < 1 {
				m.add(prefix+key, "%d is less than 1", set.Threshold)
			}
		case "failures":
			if set.Failures < 1 {
				m.add(prefix+key, "%d is less than 1", set.Failures)
			}
		case "window":
			m.atLeast(prefix+key, set.Window, time.Second)
		case "quiet_period":
			m.atLeast(prefix+key, set.QuietPeriod, 0)
		case "retention":
			m.atLeast(prefix+key, set.Retention, time.Second)
		case "learning_period":
			m.atLeast(prefix+key, set.LearningPeriod, 0)
		case "ports":
			if len(set.Ports) == 0 {
				m.add(prefix+key, "is empty: nothing would qualify")
			}
			m.ports(prefix+key, set.Ports)
		case "group_by":
			if set.GroupBy != BySource && set.GroupBy != BySourceDestination {
				m.add(prefix+key, "%q is not source or source_destination", string(set.GroupBy))
			}
		}
	}
}
