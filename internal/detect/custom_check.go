// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

var customID = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// reservedIDs are the ids of alerts that no rule makes, and the names of other state in metrics.
var reservedIDs = []string{"attack_sequence", "flow_logs_stopped", "inventory", "gateways", attemptsKey, answersKey}

// customRules checks all custom rules.
func (v *validation) customRules(rules []CustomRule) {
	if len(rules) > MaxCustomRules {
		v.add("custom_rules", "%d rules are more than %d", len(rules), MaxCustomRules)
	}
	seen := map[string]bool{}
	for i := range rules {
		c, key := &rules[i], fmt.Sprintf("custom_rules[%d]", i)
		switch {
		case !customID.MatchString(c.ID):
			v.add(key+"::id", "%q is not made of letters, digits and underscores", c.ID)
		case Find(c.ID) != nil || slices.Contains(reservedIDs, c.ID) || seen[c.ID]:
			v.add(key+"::id", "%q is already the id of another rule", c.ID)
		}
		seen[c.ID] = true
		v.customRule(key+"::", c)
	}
}

func (v *validation) customRule(prefix string, c *CustomRule) {
	if !slices.Contains(Kinds(), c.Kind) {
		v.add(prefix+"kind", "%q is not one of %s", string(c.Kind), words(Kinds()))
		return
	}
	v.parts(prefix+"key", c.Key)
	switch c.Kind {
	case Distinct:
		v.parts(prefix+"count", c.Count)
	case Sum:
		if c.Sum != string(alert.Packets) && c.Sum != string(alert.Bytes) {
			v.add(prefix+"sum", "%q is not packets or bytes", c.Sum)
		}
	case Sequence:
		v.parts(prefix+"count", c.Count)
		for _, part := range []struct {
			name  string
			match *Match
		}{{"first", c.First}, {"then", c.Then}} {
			if part.match == nil {
				v.add(prefix+part.name, "is missing")
			}
			v.match(prefix+part.name, part.match)
		}
	}
	v.match(prefix+"match", c.Match)
	if c.Mitre.Tactic != "" && tacticOf(c.Mitre.Tactic).Name == "" {
		v.add(prefix+"mitre::tactic", "%q is not a tactic of MITRE ATT&CK, such as TA0010", c.Mitre.Tactic)
	}
	if c.Mitre.Technique != "" && techniqueOf(c.Mitre.Technique).Name == "" {
		v.add(prefix+"mitre::technique", "%q is not a technique of MITRE ATT&CK, such as T1048 or T1048.003", c.Mitre.Technique)
	}
	v.settings(prefix, &Rule{ID: c.ID, Keys: customKinds[c.Kind].settings}, &c.Settings)
}

// parts checks a list of different parts of a flow.
func (v *validation) parts(key string, list []Part) {
	if len(list) == 0 {
		v.add(key, "is missing; the words are %s", words(partOrder[:]))
	}
	for i, p := range list {
		switch {
		case !isPart(p):
			v.add(fmt.Sprintf("%s[%d]", key, i), "%q is not one of %s", string(p), words(partOrder[:]))
		case slices.Contains(list[:i], p):
			v.add(fmt.Sprintf("%s[%d]", key, i), "%q is in the list twice", string(p))
		}
	}
}

func words[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, each := range list {
		texts[i] = string(each)
	}
	return strings.Join(texts, ", ")
}

// match checks a match, which may be nil.
func (v *validation) match(key string, m *Match) {
	if m == nil {
		return
	}
	for _, part := range []struct {
		name            string
		values, allowed []string
	}{
		{"class", m.Class, []string{internalToInternal, externalToInternal, internalToExternal}},
		{"role", m.Role, []string{requestRole, replyRole, unknownRole, anyValue}},
		{"action", m.Action, []string{acceptAction, rejectAction, anyValue}},
		{"outcome", m.Outcome, []string{answeredResult, failedResult}},
	} {
		for i, value := range part.values {
			if !slices.Contains(part.allowed, value) {
				v.add(fmt.Sprintf("%s::%s[%d]", key, part.name, i), "%q is not one of %s", value, words(part.allowed))
			}
		}
	}
	for _, part := range []struct {
		name   string
		values []string
	}{
		{"source_list", m.SourceList},
		{"destination_list", m.DestinationList},
		{"interface", m.Interface},
		{"instance", m.Instance},
		{"vpc", m.VPC},
		{"subnet", m.Subnet},
	} {
		for i, value := range part.values {
			if value == "" {
				v.add(fmt.Sprintf("%s::%s[%d]", key, part.name, i), "is empty")
			}
			if value == anyValue && len(part.values) > 1 && strings.HasSuffix(part.name, "_list") {
				v.add(fmt.Sprintf("%s::%s[%d]", key, part.name, i), "%q stands for all lists; remove the others", value)
			}
		}
	}
	v.countries(key+"::country", m.Country)
	if m.Outcome != nil && m.Role != nil && !slices.Contains(m.Role, requestRole) && !slices.Contains(m.Role, anyValue) {
		v.add(key+"::role", "%q has no attempts, so that nothing would match; remove it or outcome", strings.Join(m.Role, ", "))
	}
	if m.Not != nil && m.Not.Not != nil {
		v.add(key+"::not::not", "a match that is excluded cannot exclude anything")
	}
	if m.Not != nil && m.Not.isEmpty() {
		v.add(key+"::not", "has no parts and would exclude every flow")
	}
	v.match(key+"::not", m.Not)
}

// isEmpty reports whether the match has no part.
func (m *Match) isEmpty() bool {
	return len(m.Class)+len(m.Role)+len(m.Action)+len(m.Outcome)+len(m.Source)+len(m.Destination)+len(m.Port)+len(m.Protocol)+
		len(m.Country)+len(m.SourceList)+len(m.DestinationList)+len(m.Interface)+len(m.Instance)+len(m.VPC)+len(m.Subnet)+len(m.Account) == 0
}

// ThreatLists returns the threat lists that the rules name, with the YAML key of each name.
func (c *Config) ThreatLists() map[string][]string {
	named := map[string][]string{}
	var add func(key string, m *Match)
	add = func(key string, m *Match) {
		if m == nil {
			return
		}
		for part, list := range map[string][]string{"source_list": m.SourceList, "destination_list": m.DestinationList} {
			for i, name := range list {
				if name != anyValue {
					named[name] = append(named[name], fmt.Sprintf("%s::%s[%d]", key, part, i))
				}
			}
		}
		add(key+"::not", m.Not)
	}
	for i := range c.CustomRules {
		rule, key := &c.CustomRules[i], fmt.Sprintf("custom_rules[%d]::", i)
		add(key+"match", rule.Match)
		add(key+"first", rule.First)
		add(key+"then", rule.Then)
	}
	return named
}
