// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package configdecode decodes the configuration of a component. Its errors name the YAML key and the value, as in
//
//	internal_networks[2]: "10.0.0.0/99" is not a CIDR such as 10.0.0.0/8
//
// It finds all errors at once. It names unknown keys together with the known ones. It rejects durations without a unit,
// and fractions for whole numbers. Nested keys are joined by "::", as the Collector does.
//
// The types of the target determine which values are valid. A struct tag adds two options:
//
//	Port    []PortRange `mapstructure:"port" config:"nonempty"` // may be left out, but must not be empty
//	Account []string    `mapstructure:"account" config:"text"`  // also accepts numbers and dates without quotes
//
// Types that implement [encoding.TextUnmarshaler] also accept numbers and dates without quotes. A list of texts or of
// such types may be written without its brackets if it has one element.
package configdecode

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"
)

// Unmarshal decodes conf into the struct that target points to. Values that conf does not contain are not
// changed. Call it in the Unmarshal method of a configuration, with the configuration converted to a type without methods.
func Unmarshal(conf *confmap.Conf, target any) error {
	return Decode("", xconfmap.ToStringMapRaw(conf), target)
}

// Decode decodes a value of a configuration, such as a map or a list, into what target points to. Errors begin with
// the key. If known is given, only these keys of the value are allowed. A nil value changes nothing.
func Decode(key string, value, target any, known ...string) error {
	c := checker{only: known}
	t := reflect.TypeOf(target).Elem()
	checked, ok := c.value(key, value, t, options{})
	if ok && !isEmpty(checked) {
		c.decode(key, checked, target, t)
	}
	return c.problems.err()
}

// Keys returns the keys of the settings that Decode accepts for the struct that target points to, sorted.
func Keys(target any) []string {
	fields, _ := fieldsOf(reflect.TypeOf(target).Elem())
	return slices.Sorted(maps.Keys(fields))
}

// isEmpty reports whether there is nothing to decode. Decoding an empty value would set the whole target to zero.
func isEmpty(value any) bool {
	m, ok := value.(map[string]any)
	return value == nil || ok && len(m) == 0
}

// decode decodes a checked value. Only types with an Unmarshal method of their own can still fail.
func (c *checker) decode(key string, value, target any, t reflect.Type) {
	settings, ok := value.(map[string]any)
	if ok && t.Kind() == reflect.Struct {
		if err := confmap.NewFromStringMap(settings).Unmarshal(target); err != nil {
			c.problems.addDecodeError(key, "", err)
		}
		return
	}
	// confmap decodes maps only: put the value into one.
	const name = "value"
	holder := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Value", Type: reflect.PointerTo(t), Tag: `mapstructure:"` + name + `"`},
	}))
	holder.Elem().Field(0).Set(reflect.ValueOf(target))
	if err := confmap.NewFromStringMap(map[string]any{name: value}).Unmarshal(holder.Interface()); err != nil {
		var found problems
		found.addDecodeError("", "", err)
		for _, problem := range found {
			c.problems = append(c.problems, key+strings.TrimPrefix(problem, name))
		}
	}
}
