// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/filesource"
)

// plainConfig is Config without its methods.
type plainConfig Config

// Unmarshal decodes the configuration. Errors name the YAML key and the value, and an unknown key lists the known ones.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	settings := xconfmap.ToStringMapRaw(conf)
	if files, ok := settings["files"].(map[string]any); ok {
		if err := filesource.CheckSupported(files); err != nil {
			return err
		}
	}
	return configdecode.Decode("", settings, (*plainConfig)(c))
}
