// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"errors"
	"fmt"
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
	if err := plainIgnore("ignore", given); err != nil {
		return err
	}
	if err := confmap.NewFromStringMap(given).Unmarshal((*plain)(c)); err != nil {
		return plainError("", err)
	}
	switch rules := rules.(type) {
	case nil:
		return nil
	case map[string]any:
		return c.unmarshalRules(rules)
	default:
		return fmt.Errorf("rules: %v is not a map from rule ids to settings", rules)
	}
}

// plain is Config without its Unmarshal.
type plain Config

func (c *Config) unmarshalRules(given map[string]any) error {
	c.Rules = maps.Clone(c.Rules)
	var wrong []error
	for _, id := range slices.Sorted(maps.Keys(given)) {
		if err := c.unmarshalRule(id, given[id]); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

func (c *Config) unmarshalRule(id string, given any) error {
	key := "rules::" + id
	rule := detect.Find(id)
	if rule == nil {
		return fmt.Errorf("%s: there is no such rule; the rules are %s", key, strings.Join(ruleIDs(), ", "))
	}
	settings, ok := given.(map[string]any)
	if given != nil && !ok {
		return fmt.Errorf("%s: %v is not a map of settings", key, given)
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(rule.Settings(), name) {
			return fmt.Errorf("%s::%s: the rule has no such setting; it has %s", key, name, strings.Join(rule.Settings(), ", "))
		}
	}
	if err := plainIgnore(key+"::ignore", settings); err != nil {
		return err
	}
	set := c.Rules[id]
	if err := confmap.NewFromStringMap(settings).Unmarshal(&set); err != nil {
		return plainError(key+"::", err)
	}
	c.Rules[id] = set
	return nil
}

// plainError puts the keys that a decoding error names below the given one, and leaves out what says nothing to a user.
func plainError(below string, err error) error {
	text := strings.ReplaceAll(err.Error(), "decoding failed due to the following error(s):", "")
	text = strings.ReplaceAll(text, "'vpcdetectionprocessor.plain'", "the processor")
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "'' ")
		if key, found := strings.CutPrefix(line, "'"); found {
			line = "'" + below + key
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return errors.New(strings.Join(lines, "; "))
}

func ruleIDs() []string {
	ids := make([]string, len(detect.Rules))
	for i, rule := range detect.Rules {
		ids[i] = rule.ID
	}
	return ids
}

// plainIgnore turns the parts of ignore entries into lists of text: YAML makes 22 a number and 2027-06-30 a time, and a
// list of one may be written without the brackets.
func plainIgnore(key string, settings map[string]any) error {
	given, ok := settings["ignore"]
	if !ok || given == nil {
		return nil
	}
	entries, ok := given.([]any)
	if !ok {
		return fmt.Errorf("%s: %v is not a list of entries", key, given)
	}
	for i, each := range entries {
		entry, ok := each.(map[string]any)
		if !ok {
			return fmt.Errorf("%s[%d]: %v is not a map of source, destination, port, ...", key, i, each)
		}
		for part, value := range entry {
			entry[part] = plainPart(part, value)
		}
	}
	return nil
}

func plainPart(part string, value any) any {
	switch part {
	case "name", "reason", "expires":
		return text(value)
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for i := range list {
		list[i] = text(list[i])
	}
	return list
}

func text(value any) any {
	switch value := value.(type) {
	case time.Time:
		return value.UTC().Format(time.DateOnly)
	case int, int64, uint64, float64:
		return fmt.Sprint(value)
	default:
		return value
	}
}
