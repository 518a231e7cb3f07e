// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	amconfig "github.com/prometheus/alertmanager/config"
)

// checkKeys returns an error for each unknown key in the settings, which are of type t. The error lists the known keys.
// key is the YAML key of the settings, such as slack_configs[0].
func checkKeys(key string, settings any, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var errs []error
	switch value := unwrap(settings).(type) {
	case []any:
		if t.Kind() != reflect.Slice {
			return nil
		}
		for i, entry := range value {
			errs = append(errs, checkKeys(fmt.Sprintf("%s[%d]", key, i), entry, t.Elem()))
		}
	case map[string]any:
		known, closed := knownKeys(t)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			field, found := known[name]
			switch {
			case found:
				errs = append(errs, checkKeys(key+"::"+name, value[name], field))
			case closed:
				errs = append(errs, fmt.Errorf("%s::%s: there is no such setting; the settings are %s",
					key, name, strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
			}
		}
	}
	return errors.Join(errs...)
}

// knownKeys returns the types of the fields of a struct by their keys. closed reports whether no other keys are
// allowed.
func knownKeys(t reflect.Type) (known map[string]reflect.Type, closed bool) {
	if t.Kind() != reflect.Struct {
		return nil, false
	}
	known, closed = map[string]reflect.Type{}, true
	for field := range t.Fields() {
		tag, tagged := field.Tag.Lookup("yaml")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case !field.IsExported() || name == "-":
		case strings.Contains(options, "inline"):
			inner, innerClosed := knownKeys(field.Type)
			maps.Copy(known, inner)
			closed = closed && innerClosed
		case !tagged:
			return nil, false // the type decodes itself
		default:
			known[name] = field.Type
		}
	}
	return known, closed
}

// receiverType returns the type of the list under a key of a receiver, such as slack_configs.
func receiverType(key string) reflect.Type {
	known, _ := knownKeys(reflect.TypeFor[amconfig.Receiver]())
	return known[key]
}
