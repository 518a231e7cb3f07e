// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Config is the configuration of the processor. The defaults are a working configuration.
type Config struct {
	detect.Config `mapstructure:",squash"`

	// IgnoreFiles are YAML files with a list of entries as in Ignore, at paths or URLs. They are kept up to date.
	IgnoreFiles []IgnoreFile `mapstructure:"ignore_files"`
	// ThreatLists are the lists for the rules malicious_remote_access and suspicious_destination. Without a list, these
	// rules do not alert.
	ThreatLists []ThreatList `mapstructure:"threat_lists"`
	// GeoIP configures the countries of addresses.
	GeoIP GeoIP `mapstructure:"geoip"`
	// ASN configures the autonomous systems of external addresses.
	ASN ASN `mapstructure:"asn"`
	// Names are the paths of CSV or YAML files that give names, owners, environments and tags to addresses, interfaces,
	// instances, VPCs and accounts. They are read again when they change.
	Names []string `mapstructure:"names" config:"text"`
	// ForwardFlows sends the records to the next component, before the alerts. By default only alerts are sent.
	ForwardFlows bool `mapstructure:"forward_flows"`
	// EmitDryRun also emits the alerts of rules with dry_run. They have the attribute vpc_flow.alert.dry_run. By default
	// they are only counted.
	EmitDryRun bool `mapstructure:"emit_dry_run"`
	// Format is the format of lines in record bodies without a header: default, tgw, or a list of field names.
	Format []string `mapstructure:"format"`
	// Storage is the storage extension that keeps the state and the last good copies of threat lists across restarts.
	// Without it (nil), a restart loses them.
	Storage *component.ID `mapstructure:"storage"`
	// ImportState imports the state of one collector into the states of Kafka partitions, once, at the start. Without it (nil),
	// partitions without state begin to learn.
	ImportState *ImportState `mapstructure:"import_state"`
	// CheckpointInterval is the time between two saves of the state, at least 1s. After a crash, vpc_flow reads the records
	// since the last one again. With other receivers, they are lost, except for new keys of first-seen rules.
	CheckpointInterval time.Duration `mapstructure:"checkpoint_interval"`
	// TuningReport configures a report that helps to choose thresholds. Without it (nil), no data is kept for the report.
	TuningReport *TuningReport `mapstructure:"tuning_report"`
	// MaxPendingAlerts bounds the alerts that wait while the next component rejects them, at least 1. The oldest are
	// dropped. With Storage, they survive a restart.
	MaxPendingAlerts int `mapstructure:"max_pending_alerts"`
}

// GeoIP configures the countries of addresses.
type GeoIP struct {
	// Database is the path of a country database in MaxMind DB format. Empty means the built-in table.
	Database string `mapstructure:"database"`
}

// ASN configures the autonomous systems of external addresses.
type ASN struct {
	// Database is the path of a database of autonomous systems in MaxMind DB format. Empty means that alerts do not name
	// them.
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

// Validate returns all problems of the configuration, each with its YAML key.
func (c *Config) Validate() error {
	var p configtype.Problems
	p.AddError(c.Check())
	validateThreatLists(&p, c.ThreatLists)
	c.validateCustomLists(&p)
	for i := range c.IgnoreFiles {
		c.IgnoreFiles[i].validate(&p, ignoreFileKey(i))
	}
	for i, path := range c.Names {
		if strings.TrimSpace(path) == "" {
			p.Add(fmt.Sprintf("names[%d]", i), "is not the path of a file")
		}
	}
	if _, err := flow.ChooseFormat(c.Format); err != nil {
		p.Add("format", "%w", err)
	}
	c.validateImport(&p)
	configtype.AtLeast(&p, "checkpoint_interval", c.CheckpointInterval, time.Second)
	if c.TuningReport != nil {
		c.TuningReport.validate(&p)
	}
	configtype.AtLeast(&p, "max_pending_alerts", c.MaxPendingAlerts, 1)
	return p.Err()
}
