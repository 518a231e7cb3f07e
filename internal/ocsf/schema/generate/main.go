// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Command generate writes schema.json from a checkout of github.com/ocsf/ocsf-schema at a release:
//
//	git clone --branch 1.6.0 https://github.com/ocsf/ocsf-schema
//	go run ./internal/ocsf/schema/generate ocsf-schema > internal/ocsf/schema/schema.json
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf/schema"
)

// classes are the files of the classes to describe, and their category.
var classes = map[string]string{"events/findings/detection_finding.json": "findings", "events/network/network_activity.json": "network"}

// objects are the objects to describe. Events must not use others.
var objects = []string{
	"account", "analytic", "attack", "autonomous_system", "cloud", "evidences", "feature", "finding_info", "group", "location", "metadata",
	"network_connection_info", "network_endpoint", "network_traffic", "observable", "object", "osint", "product", "related_event", "remediation",
	"resource_details", "sub_technique", "tactic", "technique", "user",
}

// source is a definition in the repository.
type source struct {
	Name, Extends string
	UID           int
	Attributes    map[string]json.RawMessage
	Constraints   map[string][]string
	Observable    int
	Caption       string
}

// attribute is an attribute of a definition or of the dictionary.
type attribute struct {
	Type        string         `json:"type"`
	IsArray     bool           `json:"is_array"`
	Requirement string         `json:"requirement"`
	Profile     *string        `json:"profile"`
	Enum        map[string]any `json:"enum"`
	Observable  int            `json:"observable"`
}

type generator struct {
	root       string
	dictionary map[string]attribute
	types      map[string]attribute
	bases      map[string]string
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: generate FOLDER")
	}
	g := generator{root: os.Args[1], bases: map[string]string{}}
	for _, pattern := range []string{"events/*.json", "events/*/*.json"} {
		paths, _ := filepath.Glob(filepath.Join(g.root, pattern))
		for _, path := range paths {
			relative, _ := filepath.Rel(g.root, path)
			g.bases[read[source](g.root, relative).Name] = relative
		}
	}
	dictionary := read[struct {
		Attributes map[string]attribute
		Types      struct{ Attributes map[string]attribute }
	}](g.root, "dictionary.json")
	g.dictionary, g.types = dictionary.Attributes, dictionary.Types.Attributes
	out := schema.Table{
		Release: read[struct{ Version string }](g.root, "version.json").Version,
		Classes: map[string]schema.Object{}, Objects: map[string]schema.Object{},
	}
	categories := read[struct {
		Attributes map[string]struct{ UID int }
	}](g.root, "categories.json")
	for path, category := range classes {
		uid := categories.Attributes[category].UID
		class := g.describe(path)
		class.UID = uid*1000 + read[source](g.root, path).UID
		set(class, "category_uid", uid)
		set(class, "class_uid", class.UID)
		var types []int
		for _, activity := range class.Attributes["activity_id"].Enum {
			types = append(types, class.UID*100+activity)
		}
		set(class, "type_uid", types...)
		out.Classes[strconv.Itoa(class.UID)] = class
	}
	for _, name := range objects {
		object := g.describe("objects/" + name + ".json")
		if name == "observable" {
			set(object, "type_id", g.observables()...)
		}
		out.Objects[name] = object
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(out); err != nil {
		log.Fatal(err)
	}
}

func set(o schema.Object, name string, values ...int) {
	a := o.Attributes[name]
	slices.Sort(values)
	a.Enum = values
	o.Attributes[name] = a
}

// describe merges a definition with those that it extends and includes, and with the dictionary.
func (g *generator) describe(path string) schema.Object {
	object := schema.Object{Attributes: map[string]schema.Attribute{}}
	g.merge(&object, path, "")
	return object
}

func (g *generator) merge(object *schema.Object, path, profile string) {
	definition := read[source](g.root, path)
	if base := definition.Extends; base != "" {
		parent := "objects/" + base + ".json"
		if file, ok := g.bases[base]; ok {
			parent = file
		}
		g.merge(object, parent, "")
	}
	if definition.Constraints != nil {
		object.AtLeastOne, object.JustOne = definition.Constraints["at_least_one"], definition.Constraints["just_one"]
	}
	if includes, ok := definition.Attributes["$include"]; ok {
		var paths []string
		check(json.Unmarshal(includes, &paths))
		for _, include := range paths {
			g.merge(object, include, read[source](g.root, include).Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(definition.Attributes)) {
		if name == "$include" {
			continue
		}
		var given attribute
		check(json.Unmarshal(definition.Attributes[name], &given))
		a, known := object.Attributes[name]
		if !known {
			a = g.base(name)
			a.Profile = profile
		} else if profile == "" && hasKey(definition.Attributes[name], "profile") && given.Profile == nil {
			a.Profile = ""
		}
		if given.Profile != nil {
			a.Profile = *given.Profile
		}
		a.Required = cmp.Or(given.Requirement, required(a.Required)) == "required"
		a.Enum = union(a.Enum, given.Enum)
		object.Attributes[name] = a
	}
}

func required(is bool) string {
	if is {
		return "required"
	}
	return "optional"
}

func hasKey(text json.RawMessage, key string) bool {
	var object map[string]json.RawMessage
	check(json.Unmarshal(text, &object))
	_, ok := object[key]
	return ok
}

// base describes an attribute by the dictionary.
func (g *generator) base(name string) schema.Attribute {
	entry, ok := g.dictionary[name]
	if !ok {
		log.Fatalf("attribute %s is not in the dictionary", name)
	}
	a := schema.Attribute{Type: entry.Type, List: entry.IsArray, Enum: union(nil, entry.Enum)}
	if base := g.types[entry.Type].Type; base != "" {
		a.Type = base
	}
	return a
}

// union adds the numbers of an enumeration. Enumerations of text are left out.
func union(numbers []int, enum map[string]any) []int {
	for key := range enum {
		if n, err := strconv.Atoi(key); err == nil && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// observables returns the numbers of all types of observables.
func (g *generator) observables() []int {
	numbers := map[int]bool{0: true, 99: true}
	for _, table := range []map[string]attribute{g.dictionary, g.types} {
		for _, a := range table {
			numbers[a.Observable] = true
		}
	}
	return slices.Sorted(maps.Keys(numbers))
}

func read[T any](root, path string) (value T) {
	text, err := os.ReadFile(filepath.Join(root, path))
	check(err)
	if err := json.Unmarshal(text, &value); err != nil {
		log.Fatal(fmt.Errorf("%s: %w", path, err))
	}
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
