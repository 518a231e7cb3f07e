// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configdecode

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap/xconfmap"
)

// value returns the value in the form that confmap decodes into the type. If the value does not fit, it adds a problem
// and returns false.
func (c *checker) value(key string, given any, t reflect.Type, o options) (any, bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	takesText := reflect.PointerTo(t).Implements(textType) || o.text && t.Kind() == reflect.String
	if expanded, ok := given.(xconfmap.ExpandedValue); ok {
		switch {
		case takesText:
			given = expanded.Original
		case t.Kind() == reflect.String:
			return given, true // confmap uses the original text
		default:
			given = expanded.Value
		}
	}
	if given == nil {
		return nil, !o.nonempty || c.refuse(key, "is empty: give a value or leave it out")
	}
	if inner, ok := optional(t); ok {
		o.optional = true
		return c.value(key, given, inner, o)
	}
	switch {
	case t == durationType:
		return given, c.duration(key, given)
	case takesText:
		return c.text(key, given, t)
	case reflect.PointerTo(t).Implements(unmarshalerType) && t.Kind() != reflect.Struct:
		return given, true
	}
	switch t.Kind() {
	case reflect.Struct:
		return c.settings(key, given, t, o)
	case reflect.Map:
		return c.entries(key, given, t)
	case reflect.Slice, reflect.Array:
		return c.list(key, given, t, o)
	default:
		return given, c.scalar(key, given, t)
	}
}

// settings checks each setting of a struct. The result omits settings with a problem.
func (c *checker) settings(key string, given any, t reflect.Type, o options) (any, bool) {
	settings, ok := given.(map[string]any)
	if !ok {
		return nil, c.refuse(key, "%s is not a map of settings", show(given))
	}
	fields, open := fieldsOf(t)
	if o.optional {
		fields["enabled"] = field{t: reflect.TypeFor[bool]()} // disables a section of type Optional
	}
	known := slices.Sorted(maps.Keys(fields))
	if c.only != nil {
		known, c.only, open = c.only, nil, false
	}
	checked := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		field, found := fields[name]
		switch {
		case found && slices.Contains(known, name):
			if value, ok := c.value(under(key, name), settings[name], field.t, field.options); ok {
				checked[name] = value
			}
		case open:
			checked[name] = settings[name]
		default:
			c.refuse(under(key, name), "there is no such setting; the settings are %s", strings.Join(known, ", "))
		}
	}
	return checked, true
}

// entries checks each entry of a map.
func (c *checker) entries(key string, given any, t reflect.Type) (any, bool) {
	entries, ok := given.(map[string]any)
	if !ok {
		return nil, c.refuse(key, "%s is not a map", show(given))
	}
	checked := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if value, ok := c.value(under(key, name), entries[name], t.Elem(), options{}); ok {
			checked[name] = value
		}
	}
	return checked, true
}

// list checks each element of a list.
func (c *checker) list(key string, given any, t reflect.Type, o options) (any, bool) {
	list, ok := given.([]any)
	if _, isMap := given.(map[string]any); !ok && !isMap {
		takesText := reflect.PointerTo(t.Elem()).Implements(textType) || o.text
		if _, isText := given.(string); isText && t.Elem().Kind() == reflect.String && !takesText {
			return given, true // confmap splits it at commas
		}
		list, ok = []any{given}, takesText
	}
	if !ok {
		return nil, c.refuse(key, "%s is not a list", show(given))
	}
	if len(list) == 0 && o.nonempty {
		return nil, c.refuse(key, "is empty: give a value or leave it out")
	}
	checked := make([]any, len(list))
	all := true
	for i, each := range list {
		if each == nil {
			all = c.refuse(fmt.Sprintf("%s[%d]", key, i), "is empty")
			continue
		}
		value, ok := c.value(fmt.Sprintf("%s[%d]", key, i), each, t.Elem(), options{text: o.text})
		checked[i] = value
		all = all && ok
	}
	return checked, all
}
