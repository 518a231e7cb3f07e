// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/receiverconfig"
	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
)

// plainConfig is Config without its methods.
type plainConfig Config

// Unmarshal decodes the exporter's own keys. Alertmanager's library decodes the other keys.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	own := xconfmap.ToStringMapRaw(conf)
	receivers := map[string]any{}
	others := append(receiverconfig.Keys(), "global")
	for _, key := range others {
		if value, ok := own[key]; ok {
			receivers[key] = value
			delete(own, key)
		}
	}
	known := slices.Sorted(slices.Values(append(configdecode.Keys((*plainConfig)(c)), others...)))
	if err := configdecode.Decode("", own, (*plainConfig)(c), known...); err != nil {
		return err
	}
	parsed, err := receiverconfig.Parse(receivers)
	if err != nil {
		return err
	}
	c.receivers = parsed
	return nil
}

// Marshal returns the configuration with masked secrets. The Collector looks for it on the value, not on the pointer.
func (c Config) Marshal(conf *confmap.Conf) error {
	if err := conf.Marshal(plainConfig(c)); err != nil {
		return err
	}
	if len(c.receivers.Receivers) == 0 {
		return nil
	}
	var masked struct {
		Global    any              `yaml:"global"`
		Receivers []map[string]any `yaml:"receivers"`
	}
	if err := yaml.Unmarshal([]byte(c.receivers.String()), &masked); err != nil {
		return fmt.Errorf("marshal global and receivers: %w", err)
	}
	receiver := masked.Receivers[0]
	delete(receiver, "name")
	delete(receiver, "labels")
	receiver["global"] = masked.Global
	return conf.Merge(confmap.NewFromStringMap(receiver))
}
