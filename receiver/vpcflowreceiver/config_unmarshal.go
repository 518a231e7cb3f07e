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

// linesOfBlocks is the default of max_batch_size with `emit: blocks`. Larger batches are no faster.
const linesOfBlocks = 4000

// Unmarshal decodes the configuration. Errors name the YAML key and the value, and an unknown key lists the known ones.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	settings := xconfmap.ToStringMapRaw(conf)
	if files, ok := settings["files"].(map[string]any); ok {
		if err := filesource.CheckSupported(files); err != nil {
			return err
		}
	}
	if err := configdecode.Decode("", settings, (*plainConfig)(c)); err != nil {
		return err
	}
	if c.Emit == emitBlocks && !conf.IsSet("max_batch_size") {
		c.MaxBatchSize = linesOfBlocks
	}
	return nil
}
