// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package schema validates OCSF events in tests.
package schema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// table has the facts of OCSF 1.6.0 that events of this project can violate. The program in the folder generate makes it.
//
//go:embed schema.json
var table []byte

// Table has the attributes and constraints of classes, by their number, and of objects.
type Table struct {
	Release string            `json:"release"`
	Classes map[string]Object `json:"classes"`
	Objects map[string]Object `json:"objects"`
}

// Object is a class or an object.
type Object struct {
	UID        int                  `json:"uid,omitempty"`
	Attributes map[string]Attribute `json:"attributes"`
	AtLeastOne []string             `json:"at_least_one,omitempty"`
	JustOne    []string             `json:"just_one,omitempty"`
}

// Attribute says which values an attribute may have. An attribute with a profile exists only in events of that profile.
type Attribute struct {
	// Type is the name of a basic type or of an object.
	Type     string `json:"type"`
	List     bool   `json:"list,omitempty"`
	Required bool   `json:"required,omitempty"`
	Profile  string `json:"profile,omitempty"`
	Enum     []int  `json:"enum,omitempty"`
}

// Load returns the table.
func Load() (t Table, err error) {
	err = json.Unmarshal(table, &t)
	return t, err
}

// Validate checks an event. The error names the attribute.
func (t *Table) Validate(event []byte) error {
	var fields map[string]any
	if err := json.Unmarshal(event, &fields); err != nil {
		return err
	}
	class, ok := t.Classes[fmt.Sprint(fields["class_uid"])]
	if !ok {
		return fmt.Errorf("class_uid: unknown class %v", fields["class_uid"])
	}
	v := validator{table: t}
	if metadata, ok := fields["metadata"].(map[string]any); ok {
		list, _ := metadata["profiles"].([]any)
		for _, profile := range list {
			v.profiles = append(v.profiles, fmt.Sprint(profile))
		}
		if metadata["version"] != t.Release {
			return fmt.Errorf("metadata.version: is %v, must be %s", metadata["version"], t.Release)
		}
	}
	if err := v.object("", class, fields); err != nil {
		return err
	}
	if class, activity := fields["class_uid"].(float64), fields["activity_id"].(float64); fields["type_uid"] != class*100+activity {
		return fmt.Errorf("type_uid: is %v", fields["type_uid"])
	}
	return nil
}

type validator struct {
	table    *Table
	profiles []string
}

func (v *validator) object(path string, o Object, fields map[string]any) error {
	for name, a := range o.Attributes {
		if _, ok := fields[name]; !ok && a.Required && (a.Profile == "" || slices.Contains(v.profiles, a.Profile)) {
			return fmt.Errorf("%s%s: is required", path, name)
		}
	}
	for name, value := range fields {
		a, ok := o.Attributes[name]
		if !ok || a.Profile != "" && !slices.Contains(v.profiles, a.Profile) {
			return fmt.Errorf("%s%s: is not an attribute", path, name)
		}
		if err := v.attribute(path+name, a, value); err != nil {
			return err
		}
	}
	has := func(name string) bool { return fields[name] != nil }
	if len(o.AtLeastOne) > 0 && !slices.ContainsFunc(o.AtLeastOne, has) {
		return fmt.Errorf("%s: needs one of %s", path, strings.Join(o.AtLeastOne, ", "))
	}
	return nil
}

func (v *validator) attribute(path string, a Attribute, value any) error {
	list, isList := value.([]any)
	if isList != a.List {
		return fmt.Errorf("%s: list %t, must be %t", path, isList, a.List)
	}
	if !isList {
		return v.value(path, a, value)
	}
	for i, element := range list {
		if err := v.value(path+"["+strconv.Itoa(i)+"]", a, element); err != nil {
			return err
		}
	}
	return nil
}

func (v *validator) value(path string, a Attribute, value any) error {
	switch value := value.(type) {
	case map[string]any:
		if a.Type == "object" || a.Type == "json_t" {
			return nil
		}
		o, ok := v.table.Objects[a.Type]
		if !ok {
			return fmt.Errorf("%s: is an object, must be %s", path, a.Type)
		}
		return v.object(path+".", o, value)
	case float64:
		if a.Type != "integer_t" && a.Type != "long_t" && a.Type != "float_t" || a.Type != "float_t" && value != math.Trunc(value) {
			return fmt.Errorf("%s: is a number, must be %s", path, a.Type)
		}
		if len(a.Enum) > 0 && !slices.Contains(a.Enum, int(value)) {
			return fmt.Errorf("%s: unknown value %v", path, value)
		}
	case bool:
		if a.Type != "boolean_t" {
			return fmt.Errorf("%s: is a boolean, must be %s", path, a.Type)
		}
	case string:
		if a.Type != "string_t" {
			return fmt.Errorf("%s: is text, must be %s", path, a.Type)
		}
		if strings.HasSuffix(path, ".ip") {
			if _, err := netip.ParseAddr(value); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	default:
		return fmt.Errorf("%s: has no value", path)
	}
	return nil
}
