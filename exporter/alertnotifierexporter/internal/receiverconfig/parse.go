// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package receiverconfig parses and checks the receivers of Prometheus Alertmanager, such as slack_configs.
package receiverconfig

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	amconfig "github.com/prometheus/alertmanager/config"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/render"
)

// ReceiverName is the name of the receiver in templates and webhooks.
const ReceiverName = "alert_notifier"

// Parse parses the block of Alertmanager's keys: lists such as slack_configs, and global. The result has one receiver, or
// none if the block has none. Errors name the key and contain no value that may be a secret.
func Parse(block map[string]any) (*amconfig.Config, error) {
	global := block["global"]
	if err := checkAllKeys(block); err != nil {
		return nil, err
	}
	if settings, ok := unwrap(global).(map[string]any); ok {
		if err := checkSecretsAreText("global::", settings); err != nil {
			return nil, err
		}
	}
	if _, err := load(global, nil); err != nil {
		return nil, fmt.Errorf("global: %w", plainError(err, global))
	}
	var errs []error
	receiver := map[string]any{}
	var updates []bool // by Slack receiver
	for _, key := range slices.Sorted(maps.Keys(block)) {
		if key == "global" {
			continue
		}
		list, ok := unwrap(block[key]).([]any)
		if !ok {
			errs = append(errs, fmt.Errorf("%s: is not a list, as in Alertmanager", key))
			continue
		}
		var parsed []any
		for i, entry := range list {
			settings, update, err := parseEntry(key, entry, global)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s[%d]: %w", key, i, err))
			}
			parsed = append(parsed, settings)
			if key == slackKey {
				updates = append(updates, update)
			}
		}
		if len(parsed) > 0 {
			receiver[key] = parsed
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(receiver) == 0 {
		return new(amconfig.Config), nil
	}
	cfg, err := load(global, receiver)
	if err == nil {
		for i, update := range updates {
			cfg.Receivers[0].SlackConfigs[i].UpdateMessage = update
		}
	}
	return cfg, err
}

// checkAllKeys returns an error for each unknown key of the block.
func checkAllKeys(block map[string]any) error {
	errs := []error{checkKeys("global", block["global"], reflect.TypeFor[amconfig.GlobalConfig]())}
	for _, key := range slices.Sorted(maps.Keys(block)) {
		if key != "global" {
			errs = append(errs, checkKeys(key, block[key], receiverType(key)))
		}
	}
	return errors.Join(errs...)
}

// parseEntry returns the settings of one entry of a list, with our defaults added, and whether it updates messages. It
// loads each entry alone, so that an error is about this entry.
func parseEntry(key string, entry, global any) (settings map[string]any, updates bool, err error) {
	given, ok := unwrap(entry).(map[string]any)
	if !ok {
		return nil, false, errors.New("is not a map of settings")
	}
	if err := checkSecretsAreText("", given); err != nil {
		return nil, false, err
	}
	if err := checkTemplates("", given); err != nil {
		return nil, false, plainError(err, given)
	}
	settings = withDefaults(key, given)
	var wanted *bool
	if key == slackKey {
		wanted = takeUpdateMessage(settings)
	}
	cfg, err := load(global, map[string]any{key: []any{settings}})
	if err != nil {
		return settings, false, plainError(err, given, global)
	}
	if key == slackKey {
		updates, err = updatesMessages(cfg.Receivers[0].SlackConfigs[0], wanted)
	}
	return settings, updates, err
}

// load loads an Alertmanager configuration with one receiver.
func load(global any, receiver map[string]any) (cfg *amconfig.Config, err error) {
	// The loader panics on some combinations of settings.
	defer func() {
		if recover() != nil {
			err = errors.New("cannot be loaded by Alertmanager; a setting may require another one that is missing")
		}
	}()
	receiver = maps.Clone(receiver)
	if receiver == nil {
		receiver = map[string]any{}
	}
	receiver["name"] = ReceiverName
	document := map[string]any{"route": map[string]any{"receiver": ReceiverName}, "receivers": []any{receiver}}
	if unwrap(global) != nil {
		document["global"] = global
	}
	text, err := yaml.Marshal(toYAML(document))
	if err != nil {
		return nil, err
	}
	loaded, err := amconfig.Load(string(text))
	if err != nil {
		return nil, err
	}
	// The loaded configuration keeps its source text, which contains the secrets. Copy the rest.
	cfg = &amconfig.Config{Global: loaded.Global, Receivers: loaded.Receivers}
	disableRedirects(cfg)
	return cfg, nil
}

// checkTemplates returns an error for the first setting that is not a valid template.
func checkTemplates(path string, value any) error {
	switch value := unwrap(value).(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if err := checkTemplates(path+"::"+key, value[key]); err != nil {
				return err
			}
		}
	case []any:
		for i, entry := range value {
			if err := checkTemplates(fmt.Sprintf("%s[%d]", path, i), entry); err != nil {
				return err
			}
		}
	case string:
		if err := render.CheckSyntax(value); err != nil {
			return fmt.Errorf("%s: %w", strings.TrimPrefix(path, "::"), err)
		}
	}
	return nil
}

var (
	unknownField = regexp.MustCompile(`field (\S+) not found in type \S+`)
	yamlLine     = regexp.MustCompile(`\s*line \d+: `)
)

// plainError rewrites an error of Alertmanager's loader for the user: one line, without line numbers of the generated
// YAML, and without the given values that may be secrets.
func plainError(err error, given ...any) error {
	if err == nil {
		return nil
	}
	text := strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:")
	text = strings.TrimSpace(yamlLine.ReplaceAllString(text, " "))
	text = unknownField.ReplaceAllString(text, "there is no such setting: $1")
	return errors.New(redactorOf(given...).Text(text))
}
