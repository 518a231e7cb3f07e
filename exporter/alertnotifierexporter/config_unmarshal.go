// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"reflect"
	"strings"

	amconfig "github.com/prometheus/alertmanager/config"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"
	"go.yaml.in/yaml/v3"
)

// plain is Config without its Unmarshal and Marshal.
type plain Config

// Unmarshal leaves what has the keys of Alertmanager to Alertmanager, and decodes the rest.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	given := xconfmap.ToStringMapRaw(conf)
	block := map[string]any{}
	for _, key := range append(receiverKeys(), "global") {
		if value, ok := given[key]; ok {
			block[key] = value
			delete(given, key)
		}
	}
	if len(given) > 0 {
		if err := confmap.NewFromStringMap(given).Unmarshal((*plain)(c)); err != nil {
			return err
		}
	}
	parsed, err := parseBlock(block)
	if err != nil {
		return err
	}
	c.block = parsed
	return nil
}

// Marshal shows the configuration with its secrets masked, as Alertmanager itself shows it. It is a method of the value,
// where the collector looks for it.
func (c Config) Marshal(conf *confmap.Conf) error {
	if err := conf.Marshal(plain(c)); err != nil {
		return err
	}
	if len(c.block.Receivers) == 0 {
		return nil
	}
	var shown struct {
		Global    any              `yaml:"global"`
		Receivers []map[string]any `yaml:"receivers"`
	}
	if err := yaml.Unmarshal([]byte(c.block.String()), &shown); err != nil {
		return fmt.Errorf("global and receivers cannot be shown: %w", err)
	}
	receiver := shown.Receivers[0]
	delete(receiver, "name")
	delete(receiver, "labels")
	receiver["global"] = shown.Global
	return conf.Merge(confmap.NewFromStringMap(receiver))
}

// receiverKeys are the keys of the receivers that this version of Alertmanager has, such as slack_configs.
func receiverKeys() (keys []string) {
	for field := range reflect.TypeFor[amconfig.Receiver]().Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if strings.HasSuffix(key, "_configs") {
			keys = append(keys, key)
		}
	}
	return keys
}
