// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Config is the configuration of the processor. An empty one detects.
type Config struct {
	detect.Config `mapstructure:",squash"`

	// IgnoreFiles are the paths of YAML files, each a list of entries as in Ignore. They are read again when they change.
	IgnoreFiles []string `mapstructure:"ignore_files"`
	// ThreatLists name the addresses that rules malicious_remote_access and suspicious_destination look for. Without
	// any, those two are silent.
	ThreatLists []ThreatList `mapstructure:"threat_lists"`
	// GeoIP says where the countries of addresses come from.
	GeoIP GeoIP `mapstructure:"geoip"`
	// ForwardFlows passes the records on as they came, before the alerts that they gave. By default only alerts leave.
	ForwardFlows bool `mapstructure:"forward_flows"`
	// Format is that of lines in the bodies of records that do not say it themselves: default, tgw, or field names.
	Format []string `mapstructure:"format"`
	// Storage is the storage extension that keeps over a restart what the rules remember, and the last good copies of
	// threat lists from URLs. Without it, all is forgotten.
	Storage *component.ID `mapstructure:"storage"`
	// CheckpointInterval is how often what has changed is written to the storage, at least 1s. A crash loses what changed
	// since; but not what is new to a first-seen rule, which is written at once.
	CheckpointInterval time.Duration `mapstructure:"checkpoint_interval"`
	// TuningReport has a report written of how each rule's measures were distributed, to choose thresholds by. Without it (nil)
	// none is, and nothing is kept for one.
	TuningReport *TuningReport `mapstructure:"tuning_report"`
	// MaxPendingAlerts bounds the alerts that wait while the next component refuses them; beyond it the oldest go.
	MaxPendingAlerts int `mapstructure:"max_pending_alerts"`
}

// GeoIP says where the countries of addresses come from.
type GeoIP struct {
	// Database is the path of a country database in MaxMind's .mmdb form. Empty means the built-in table.
	Database string `mapstructure:"database"`
}

func createDefaultConfig() component.Config {
	return &Config{
		Config:             detect.DefaultConfig(),
		Format:             []string{"default"},
		CheckpointInterval: 10 * time.Second,
		MaxPendingAlerts:   10_000,
	}
}

// Validate names every mistake by its YAML key.
func (c *Config) Validate() error {
	wrong := []error{c.Check()}
	named := map[string]bool{}
	for i, list := range c.ThreatLists {
		if err := list.validate(named); err != nil {
			wrong = append(wrong, fmt.Errorf("threat_lists[%d]::%w", i, err))
		}
	}
	for i, path := range c.IgnoreFiles {
		if strings.TrimSpace(path) == "" {
			wrong = append(wrong, fmt.Errorf("ignore_files[%d]: is not the path of a file", i))
		}
	}
	if _, err := flow.ChooseFormat(c.Format); err != nil {
		wrong = append(wrong, fmt.Errorf("format: %w", err))
	}
	if c.CheckpointInterval < time.Second {
		wrong = append(wrong, fmt.Errorf("checkpoint_interval: %v is less than 1s", c.CheckpointInterval))
	}
	if c.TuningReport != nil {
		wrong = append(wrong, c.TuningReport.validate())
	}
	if c.MaxPendingAlerts < 1 {
		wrong = append(wrong, fmt.Errorf("max_pending_alerts: %d is less than 1", c.MaxPendingAlerts))
	}
	return errors.Join(wrong...)
}
