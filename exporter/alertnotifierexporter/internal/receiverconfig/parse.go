// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	amconfig "github.com/prometheus/alertmanager/config"
	"go.opentelemetry.io/collector/confmap/xconfmap"
	"go.yaml.in/yaml/v3"
)

// receiverName is what templates and webhooks get to see as the name of the receiver.
const receiverName = "alert_notifier"

// parseBlock has Alertmanager read the receivers, with the global block over them. Each is read by itself first, so
// that a mistake is named by its place.
func parseBlock(block map[string]any) (*amconfig.Config, error) {
	global := block["global"]
	if settings, ok := plainValue(global).(map[string]any); ok {
		if err := unquoted("global::", settings); err != nil {
			return nil, err
		}
	}
	if _, err := load(global, nil); err != nil {
		return nil, fmt.Errorf("global: %w", hide(err, global))
	}
	var wrong []error
	receiver := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(block)) {
		if key == "global" {
			continue
		}
		list, ok := plainValue(block[key]).([]any)
		if !ok {
			wrong = append(wrong, fmt.Errorf("%s: is not a list, as in Alertmanager", key))
			continue
		}
		var read []any
		for i, one := range list {
			settings, err := readOne(key, one, global)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("%s[%d]: %w", key, i, err))
			}
			read = append(read, settings)
		}
		if len(read) > 0 {
			receiver[key] = read
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	if len(receiver) == 0 {
		return new(amconfig.Config), nil
	}
	return load(global, receiver)
}

// readOne returns the settings of one receiver, with our defaults among them, if Alertmanager takes them.
func readOne(key string, one, global any) (any, error) {
	given, ok := plainValue(one).(map[string]any)
	if !ok {
		return nil, errors.New("is not a map of settings")
	}
	if err := unquoted("", given); err != nil {
		return nil, err
	}
	if err := checkTexts("", given); err != nil {
		return nil, hide(err, given)
	}
	settings := withDefaults(key, given)
	_, err := load(global, map[string]any{key: []any{settings}})
	return settings, hide(err, given, global)
}

// load reads a configuration of Alertmanager with one receiver.
func load(global any, receiver map[string]any) (cfg *amconfig.Config, err error) {
	// Alertmanager's reader was made for its own files: what it does not look for must not end the collector.
	defer func() {
		if stumbled := recover(); stumbled != nil {
			err = errors.New("Alertmanager cannot make sense of it; does something stand in for a key that is missing?")
		}
	}()
	receiver = maps.Clone(receiver)
	if receiver == nil {
		receiver = map[string]any{}
	}
	receiver["name"] = receiverName
	document := map[string]any{"route": map[string]any{"receiver": receiverName}, "receivers": []any{receiver}}
	if plainValue(global) != nil {
		document["global"] = global
	}
	text, err := yaml.Marshal(node(document))
	if err != nil {
		return nil, err
	}
	read, err := amconfig.Load(string(text))
	if err != nil {
		return nil, err
	}
	// What was read keeps its text, secrets and all.
	return &amconfig.Config{Global: read.Global, Receivers: read.Receivers}, nil
}

// node writes a value as YAML. What came from the environment is written as it stands there: it is then text to whoever
// wants text, and a secret always is.
func node(value any) *yaml.Node {
	n := &yaml.Node{}
	switch value := value.(type) {
	case map[string]any:
		n.Kind = yaml.MappingNode
		for _, key := range slices.Sorted(maps.Keys(value)) {
			one := value[key]
			if expanded, ok := one.(xconfmap.ExpandedValue); ok && secretKey.MatchString(key) {
				one = expanded.Original
			}
			n.Content = append(n.Content, node(key), node(one))
		}
	case []any:
		n.Kind = yaml.SequenceNode
		for _, one := range value {
			n.Content = append(n.Content, node(one))
		}
	case string:
		n.SetString(value)
		n.Style = yaml.DoubleQuotedStyle
	case xconfmap.ExpandedValue:
		switch value.Value.(type) {
		case nil, string, []any, map[string]any:
			return node(value.Value)
		}
		n.Kind, n.Value = yaml.ScalarNode, strings.TrimSpace(value.Original)
	default:
		if err := n.Encode(value); err != nil {
			n.SetString(fmt.Sprint(value))
		}
	}
	return n
}

// plainValue takes a list or a map that came from the environment out of its wrapping.
func plainValue(value any) any {
	if expanded, ok := value.(xconfmap.ExpandedValue); ok {
		return expanded.Value
	}
	return value
}

var secretKey = regexp.MustCompile(`(^|_)(key|token|secret|password|credentials)$`)

// unquoted finds secrets of which YAML has made a number, so that leading zeros and the like are lost.
func unquoted(path string, settings map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		switch value := settings[key].(type) {
		case map[string]any:
			if err := unquoted(path+key+"::", value); err != nil {
				return err
			}
		case nil, string, []any, xconfmap.ExpandedValue:
		default:
			if secretKey.MatchString(key) {
				return fmt.Errorf("%s%s: is not text; put it in quotes, or YAML makes something else of it", path, key)
			}
		}
	}
	return nil
}

var (
	unknownField = regexp.MustCompile(`field (\S+) not found in type \S+`)
	yamlLine     = regexp.MustCompile(`\s*line \d+: `)
)

// hide says in one line what Alertmanager found wrong, without the texts that were given, any of which may be a secret.
func hide(err error, given ...any) error {
	if err == nil {
		return nil
	}
	text := strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:")
	text = strings.TrimSpace(yamlLine.ReplaceAllString(text, " "))
	text = unknownField.ReplaceAllString(text, "there is no such setting: $1")
	var r redactor
	for _, one := range given {
		r.addTexts("", one)
	}
	return errors.New(r.redact(text))
}
