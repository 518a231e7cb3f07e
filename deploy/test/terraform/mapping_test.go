// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// mapping says how one type of CloudFormation corresponds to one type of Terraform. See testdata/mapping.yaml.
type mapping struct {
	References map[string]string `yaml:"references"`
	Arguments  map[string]string `yaml:"arguments"`
	Documents  map[string]string `yaml:"documents"`
	Links      map[string]string `yaml:"links"`
	Fixed      map[string]string `yaml:"fixed"`
	Only       map[string]string `yaml:"only"`
}

// loadMappings returns the mappings by the types of CloudFormation and Terraform.
func loadMappings(t *testing.T) map[string]map[string]mapping {
	t.Helper()
	text, err := os.ReadFile("testdata/mapping.yaml")
	require.NoError(t, err)
	var all map[string]map[string]mapping
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&all))
	return all
}

// leaves returns the scalars in a value, by their paths. A list with one item has no index.
// Lists of names and values, such as tags, are like maps.
func leaves(path string, value any, all map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		for name, item := range value {
			leaves(join(path, name), item, all)
		}
	case []any:
		if named, ok := byName(value); ok {
			leaves(path, named, all)
			return
		}
		if len(value) == 1 {
			leaves(path, value[0], all)
			return
		}
		texts := []string{}
		for i, item := range value {
			if _, ok := item.(map[string]any); ok {
				leaves(join(path, strconv.Itoa(i)), item, all)
				continue
			}
			texts = append(texts, fmt.Sprint(item))
		}
		if len(texts) > 0 {
			all[path] = strings.Join(texts, ", ")
		}
	default:
		all[path] = fmt.Sprint(value)
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// byName turns a list of names and values into a map.
func byName(list []any) (map[string]any, bool) {
	named := map[string]any{}
	for _, item := range list {
		pair, _ := item.(map[string]any)
		for _, prefix := range []string{"", "Parameter"} {
			for _, key := range []string{"Key", "Name"} {
				name, isText := pair[prefix+key].(string)
				if value, ok := pair[prefix+"Value"]; ok && isText && len(pair) == 2 {
					named[name] = value
				}
			}
		}
	}
	return named, len(named) > 0 && len(named) == len(list)
}

// translate returns the path of the argument for the path of a property.
func translate(arguments map[string]string, path string) (string, bool) {
	if argument, ok := arguments[path]; ok {
		return argument, true
	}
	segments := strings.Split(path, ".")
	for _, pattern := range slices.Sorted(maps.Keys(arguments)) {
		parts := strings.Split(pattern, ".")
		at := slices.Index(parts, "*")
		if at < 0 || len(parts) != len(segments) {
			continue
		}
		star := segments[at]
		parts[at] = star
		if slices.Equal(parts, segments) {
			return strings.Replace(arguments[pattern], "*", star, 1), true
		}
	}
	return "", false
}

// snake returns the name of Terraform for a name of CloudFormation: vpc_id for VpcId.
func snake(name string) string {
	var text strings.Builder
	for i, letter := range strings.ReplaceAll(name, "MiB", "Mib") {
		if i > 0 && letter >= 'A' && letter <= 'Z' {
			text.WriteByte('_')
		}
		text.WriteString(strings.ToLower(string(letter)))
	}
	return text.String()
}
