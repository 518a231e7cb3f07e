// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// Unmarshal decodes the settings of each rule over the defaults of that rule. It rejects settings that a rule does not
// have. An element of ignore_files may be a text or a map.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	settings := xconfmap.ToStringMapRaw(conf)
	rules := settings["rules"]
	delete(settings, "rules")
	ignoreFiles := settings["ignore_files"]
	delete(settings, "ignore_files")
	customRules := settings["custom_rules"]
	delete(settings, "custom_rules")
	if _, ok := settings["tuning_report"]; ok {
		c.TuningReport = &TuningReport{Interval: time.Hour}
	}
	return configdecode.Join(configdecode.Decode("", settings, (*withoutUnmarshal)(c)), c.unmarshalIgnoreFiles(ignoreFiles),
		c.unmarshalRules(rules), c.unmarshalCustomRules(customRules))
}

// withoutUnmarshal is Config without its Unmarshal method.
type withoutUnmarshal Config

func (c *Config) unmarshalRules(value any) error {
	if value == nil {
		return nil
	}
	rules, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("rules: %v is not a map from rule ids to settings", value)
	}
	c.Rules = maps.Clone(c.Rules)
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		errs = append(errs, c.unmarshalRule(id, rules[id]))
	}
	return configdecode.Join(errs...)
}

func (c *Config) unmarshalRule(id string, value any) error {
	key := "rules::" + id
	rule := detect.Find(id)
	if rule == nil {
		return fmt.Errorf("%s: there is no such rule; the rules are %s", key, strings.Join(ruleIDs(), ", "))
	}
	settings := c.Rules[id]
	err := configdecode.Decode(key, value, &settings, rule.Settings()...)
	c.Rules[id] = settings
	return err
}

func ruleIDs() []string {
	ids := make([]string, len(detect.Rules))
	for i, rule := range detect.Rules {
		ids[i] = rule.ID
	}
	return ids
}
