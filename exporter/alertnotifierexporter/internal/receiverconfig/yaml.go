// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap/xconfmap"
	"go.yaml.in/yaml/v3"
)

// toYAML converts a value of the configuration to YAML. A value from the environment keeps its original text, so that a
// field of type string receives it unchanged. A secret from the environment is always text.
func toYAML(value any) *yaml.Node {
	node := &yaml.Node{}
	switch value := value.(type) {
	case map[string]any:
		node.Kind = yaml.MappingNode
		for _, key := range slices.Sorted(maps.Keys(value)) {
			entry := value[key]
			if expanded, ok := entry.(xconfmap.ExpandedValue); ok && secretKey.MatchString(key) {
				entry = expanded.Original
			}
			node.Content = append(node.Content, toYAML(key), toYAML(entry))
		}
	case []any:
		node.Kind = yaml.SequenceNode
		for _, entry := range value {
			node.Content = append(node.Content, toYAML(entry))
		}
	case string:
		node.SetString(value)
		node.Style = yaml.DoubleQuotedStyle
	case xconfmap.ExpandedValue:
		switch value.Value.(type) {
		case nil, string, []any, map[string]any:
			return toYAML(value.Value)
		}
		node.Kind, node.Value = yaml.ScalarNode, strings.TrimSpace(value.Original)
	default:
		if err := node.Encode(value); err != nil {
			node.SetString(fmt.Sprint(value))
		}
	}
	return node
}

// unwrap returns the value of an environment variable, or the value itself.
func unwrap(value any) any {
	if expanded, ok := value.(xconfmap.ExpandedValue); ok {
		return expanded.Value
	}
	return value
}
