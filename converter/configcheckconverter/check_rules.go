// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"fmt"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// checkRules finds ids of rules in alert_notifier that no vpc_detection of this configuration has. Without a vpc_detection,
// the alerts come from another collector, whose custom rules are unknown.
func checkRules(config *configuration) (findings []finding) {
	known := knownRules(config)
	if known == nil {
		return nil
	}
	for _, c := range config.used() {
		if c.kind != "exporters" || c.id.Type().String() != "alert_notifier" {
			continue
		}
		for _, name := range []string{"rules", "exclude_rules"} {
			ids, _ := c.settings[name].([]any)
			for i, id := range ids {
				if text, ok := id.(string); ok && !known[text] {
					findings = append(findings, finding{
						fmt.Sprintf("%s::%s[%d]", c.key, name, i), fmt.Sprintf("%q is not the ID of a rule of vpc_detection", text),
					})
				}
			}
		}
	}
	return findings
}

// knownRules returns the ids of the built-in rules and of all custom rules. It returns nil if there is no vpc_detection.
func knownRules(config *configuration) map[string]bool {
	var known map[string]bool
	for id, processor := range config.processors {
		if id.Type().String() != "vpc_detection" {
			continue
		}
		if known == nil {
			known = map[string]bool{}
			for _, rule := range detect.Rules {
				known[rule.ID] = true
			}
		}
		custom, _ := processor.settings["custom_rules"].([]any)
		for _, each := range custom {
			if settings, ok := each.(map[string]any); ok {
				if rule, ok := settings["id"].(string); ok {
					known[rule] = true
				}
			}
		}
	}
	return known
}
