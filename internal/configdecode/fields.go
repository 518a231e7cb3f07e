// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configdecode

import (
	"maps"
	"reflect"
	"strings"
)

// options holds the options in the tag of a field. optional is set for the type configoptional.Optional.
type options struct{ nonempty, text, optional bool }

type field struct {
	t       reflect.Type
	options options
}

// fieldsOf returns the fields of a struct by their keys. open reports whether the struct may have other keys, too.
func fieldsOf(t reflect.Type) (fields map[string]field, open bool) {
	fields = map[string]field{}
	for f := range t.Fields() {
		name, rest, _ := strings.Cut(f.Tag.Get("mapstructure"), ",")
		switch {
		case !f.IsExported() || name == "-":
		case strings.Contains(rest, "squash"):
			inner, innerOpen := squashed(f.Type)
			open = open || innerOpen
			maps.Copy(fields, inner)
		case strings.Contains(rest, "remain"):
			open = true
		default:
			if name == "" {
				name = f.Name
			}
			extra := f.Tag.Get("config")
			fields[name] = field{f.Type, options{
				nonempty: strings.Contains(extra, "nonempty"), text: strings.Contains(extra, "text"),
			}}
		}
	}
	return fields, open
}

// squashed returns the fields of an embedded struct. A struct that decodes itself may have any key.
func squashed(t reflect.Type) (fields map[string]field, open bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(unmarshalerType) {
		return nil, true
	}
	return fieldsOf(t)
}

// optional returns the type of the value of a configoptional.Optional.
func optional(t reflect.Type) (inner reflect.Type, ok bool) {
	if t.PkgPath() != "go.opentelemetry.io/collector/config/configoptional" {
		return nil, false
	}
	get, ok := reflect.PointerTo(t).MethodByName("Get")
	if !ok {
		return nil, false
	}
	return get.Type.Out(0).Elem(), true
}
