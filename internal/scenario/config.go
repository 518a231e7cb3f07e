// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// durations are the settings whose values are seconds in a scenario and durations with a unit in a configuration.
var durations = slices.Concat(durationsOf(detect.Config{}), durationsOf(detect.Settings{}))

func durationsOf(config any) (keys []string) {
	for _, field := range reflect.VisibleFields(reflect.TypeOf(config)) {
		if field.Type == reflect.TypeFor[time.Duration]() {
			keys = append(keys, field.Tag.Get("mapstructure"))
		}
	}
	return keys
}

// processorConfig converts the configuration of a scenario to the form of the processor: rules are below the key rules,
// durations have a unit, and the parts of ignore entries are lists of text.
func processorConfig(given map[string]any) (map[string]any, error) {
	config := map[string]any{}
	for key, value := range given {
		if detect.Find(key) == nil {
			config[key] = setting(key, value)
			continue
		}
		settings, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s: %v is not an object", key, value)
		}
		rule := map[string]any{}
		for k, v := range settings {
			rule[k] = setting(k, v)
		}
		below(config, "rules")[key] = rule
	}
	return config, nil
}

// below returns the map at the key. It creates the map if there is none.
func below(m map[string]any, key string) map[string]any {
	child, ok := m[key].(map[string]any)
	if !ok {
		child = map[string]any{}
		m[key] = child
	}
	return child
}

func setting(key string, value any) any {
	switch value := value.(type) {
	case float64: // the type of all JSON numbers
		if slices.Contains(durations, key) {
			return fmt.Sprintf("%ds", int64(value))
		}
		if value != math.Trunc(value) {
			return value
		}
		return int(value)
	case []any:
		list := make([]any, len(value))
		for i, v := range value {
			list[i] = setting("", v)
			if entry, ok := v.(map[string]any); ok && key == "ignore" {
				list[i] = ignoreEntry(entry)
			}
		}
		return list
	default:
		return value
	}
}

// ignoreEntry converts each part of an entry to a list of text, except the parts that are a single text.
func ignoreEntry(given map[string]any) map[string]any {
	entry := map[string]any{}
	for key, value := range given {
		switch key {
		case "name", "reason", "expires":
			entry[key] = value
			continue
		}
		values, ok := value.([]any)
		if !ok {
			values = []any{value}
		}
		texts := make([]any, len(values))
		for i, v := range values {
			texts[i] = fmt.Sprint(v)
		}
		entry[key] = texts
	}
	return entry
}
