// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap/xconfmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// unmarshalCustomRules decodes each custom rule over the defaults of its kind. It rejects settings that the kind does not
// have.
func (c *Config) unmarshalCustomRules(value any) error {
	if expanded, ok := value.(xconfmap.ExpandedValue); ok {
		value = expanded.Value
	}
	if value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		return configdecode.Decode("custom_rules", value, &c.CustomRules)
	}
	c.CustomRules = make([]detect.CustomRule, len(list))
	var errs []error
	for i, each := range list {
		errs = append(errs, unmarshalCustomRule(fmt.Sprintf("custom_rules[%d]", i), each, &c.CustomRules[i]))
	}
	return configdecode.Join(errs...)
}

func unmarshalCustomRule(key string, value any, rule *detect.CustomRule) error {
	settings, ok := mapOf(value)
	if !ok {
		return configdecode.Decode(key, value, rule)
	}
	given := settings["kind"]
	if expanded, ok := given.(xconfmap.ExpandedValue); ok {
		given = expanded.Value
	}
	kind := detect.Kind(fmt.Sprint(given))
	switch kinds := words(detect.Kinds()); {
	case given == nil:
		return fmt.Errorf("%s::kind: is missing; the kinds are %s", key, kinds)
	case !slices.Contains(detect.Kinds(), kind):
		return fmt.Errorf("%s::kind: %q is not one of %s", key, kind, kinds)
	}
	*rule = detect.DefaultCustomRule(kind)
	return configdecode.Decode(key, settings, rule, detect.CustomSettings(kind)...)
}

func words(kinds []detect.Kind) string {
	texts := make([]string, len(kinds))
	for i, kind := range kinds {
		texts[i] = string(kind)
	}
	return strings.Join(texts, ", ")
}

// validateCustomLists adds a problem for each name of a threat list that does not exist.
func (c *Config) validateCustomLists(p *configtype.Problems) {
	var names []string
	for i := range c.ThreatLists {
		names = append(names, c.ThreatLists[i].Name)
	}
	named := c.Config.ThreatLists()
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if slices.Contains(names, name) {
			continue
		}
		for _, key := range named[name] {
			p.Add(key, "%q is not the name of a threat list; the lists are %s", name, strings.Join(names, ", "))
		}
	}
}

// separateLists returns the names of the threat lists that rules look up on their own.
func (c *Config) separateLists() []string { return slices.Collect(maps.Keys(c.Config.ThreatLists())) }
