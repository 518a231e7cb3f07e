// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// plainValues prepares values for decoding. Where text is wanted, YAML has made a number of 22 and a time of 2027-06-30;
// a list of one may be written without its brackets; and decoding would cut off fractions.
func (m *mistakes) plainValues(prefix string, given map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		before := len(*m)
		switch value := given[name]; name {
		case "ignore":
			m.plainIgnore(prefix+name, value)
		case "threat_lists":
			m.fractions(prefix+name, value)
			m.plainLists(prefix+name, value)
		case "internal_networks", "ignore_files":
			given[name] = texts(value)
		case "severity":
			given[name] = text(value)
		case "window", "quiet_period", "retention", "learning_period", "max_future", "allowed_lateness", "repeat_interval",
			"checkpoint_interval":
			m.bareDuration(prefix+name, value)
		default:
			m.fractions(prefix+name, value)
		}
		if len(*m) > before {
			delete(given, name) // what is wrong with it has been said
		}
	}
}

func (m *mistakes) plainIgnore(key string, given any) {
	if given == nil {
		return
	}
	entries, ok := given.([]any)
	if !ok {
		m.add(key, "%s is not a list of entries", show(given))
		return
	}
	for i, each := range entries {
		place := fmt.Sprintf("%s[%d]", key, i)
		entry, ok := each.(map[string]any)
		if !ok {
			m.add(place, "%s is not a map of source, destination, port, ...", show(each))
			continue
		}
		for _, part := range slices.Sorted(maps.Keys(entry)) {
			entry[part] = m.plainPart(place, part, entry[part])
		}
	}
}

// plainLists finds durations without a unit. What is no list of maps is found when it is decoded.
func (m *mistakes) plainLists(key string, given any) {
	lists, _ := given.([]any)
	for i, each := range lists {
		list, _ := each.(map[string]any)
		for _, name := range []string{"refresh_interval", "timeout"} {
			m.bareDuration(fmt.Sprintf("%s[%d]::%s", key, i, name), list[name])
		}
	}
}

func (m *mistakes) plainPart(entry, part string, value any) any {
	switch part {
	case "name", "reason", "expires":
		return text(value)
	case "account":
		m.accounts(entry+"::account", value)
	}
	if value == nil {
		m.add(entry+"::"+part, "is empty: leave it out, or the entry would match nothing")
	}
	return texts(value)
}

// accounts finds account ids that YAML took for numbers, so that their leading zeros are lost.
func (m *mistakes) accounts(key string, value any) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, each := range list {
		if digits := text(each); digits != each && len(fmt.Sprint(digits)) != 12 {
			m.add(key, "%v does not have 12 digits; an account id that begins with 0 needs quotes", digits)
		}
	}
}

// bareDuration finds a number without a unit, which decoding would take for nanoseconds.
func (m *mistakes) bareDuration(key string, value any) {
	switch value.(type) {
	case int, int64, uint64, float64:
		if number := text(value); number != "0" {
			m.add(key, "%s needs a unit, as in %ss or 10m", number, number)
		}
	}
}

// fractions finds numbers that are not whole. No setting takes one.
func (m *mistakes) fractions(key string, value any) {
	switch value := value.(type) {
	case float64:
		if value != math.Trunc(value) || math.Abs(value) > 1<<53 {
			m.add(key, "%v is not a whole number, or too large", value)
		}
	case []any:
		for i, each := range value {
			m.fractions(fmt.Sprintf("%s[%d]", key, i), each)
		}
	}
}

func texts(value any) any {
	if value == nil {
		return nil
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
		if date := value.UTC(); date.Equal(date.Truncate(24 * time.Hour)) {
			return date.Format(time.DateOnly)
		}
		return value.Format(time.RFC3339) // which is not a date, as the message will say
	case int, int64, uint64, bool:
		return fmt.Sprint(value)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return value
	}
}
