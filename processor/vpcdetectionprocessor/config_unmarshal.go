// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"maps"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// Unmarshal lays what is given for a rule over that rule's own defaults, and refuses settings that a rule does not have.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	given := conf.ToStringMap()
	rules := given["rules"]
	delete(given, "rules")
	var wrong mistakes
	if report, ok := given["tuning_report"]; ok {
		delete(given, "tuning_report")
		c.unmarshalReport(report, &wrong)
	}
	wrong.decode("", given, (*plain)(c))
	switch rules := rules.(type) {
	case nil:
	case map[string]any:
		c.unmarshalRules(rules, &wrong)
	default:
		wrong.add("rules", "%v is not a map from rule ids to settings", rules)
	}
	return wrong.err()
}

// plain is Config without its Unmarshal.
type plain Config

func (c *Config) unmarshalReport(given any, wrong *mistakes) {
	c.TuningReport = &TuningReport{Interval: time.Hour}
	settings, ok := given.(map[string]any)
	if given != nil && !ok {
		wrong.add("tuning_report", "%v is not a map of settings", given)
		return
	}
	wrong.decode("tuning_report::", settings, c.TuningReport)
}

func (c *Config) unmarshalRules(given map[string]any, wrong *mistakes) {
	c.Rules = maps.Clone(c.Rules)
	for _, id := range slices.Sorted(maps.Keys(given)) {
		c.unmarshalRule(id, given[id], wrong)
	}
}

func (c *Config) unmarshalRule(id string, given any, wrong *mistakes) {
	key := "rules::" + id
	rule := detect.Find(id)
	if rule == nil {
		wrong.add(key, "there is no such rule; the rules are %s", strings.Join(ruleIDs(), ", "))
		return
	}
	settings, ok := given.(map[string]any)
	if given != nil && !ok {
		wrong.add(key, "%v is not a map of settings", given)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(rule.Settings(), name) {
			wrong.add(key+"::"+name, "the rule has no such setting; it has %s", strings.Join(rule.Settings(), ", "))
			delete(settings, name)
		}
	}
	set := c.Rules[id]
	wrong.decode(key+"::", settings, &set)
	c.Rules[id] = set
}

func ruleIDs() []string {
	ids := make([]string, len(detect.Rules))
	for i, rule := range detect.Rules {
		ids[i] = rule.ID
	}
	return ids
}
