// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"go.opentelemetry.io/collector/component"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// ImportState configures the import of the state of one collector into the states of Kafka partitions.
type ImportState struct {
	// Storage is the storage extension with the state of the collector, such as a file_storage with its directory. It must
	// not be the one of the processor's own state.
	Storage component.ID `mapstructure:"storage"`
	// Topic is the topic that the detectors will read.
	Topic string `mapstructure:"topic"`
	// Partitions is the number of partitions of Topic, from 1 to 10000.
	Partitions int `mapstructure:"partitions"`
}

const maxPartitions = 10_000

func (c *Config) validateImport(p *configtype.Problems) {
	s := c.ImportState
	switch {
	case s == nil:
		return
	case c.Storage == nil:
		p.Add("import_state", "needs storage, the extension that the state is imported into")
	case s.Storage == component.ID{}:
		p.Add("import_state::storage", "is missing: the extension that the state is read from, such as file_storage")
	case s.Storage == *c.Storage:
		p.Add("import_state::storage", "is %q, which is also storage: choose the extension that the state is read from", s.Storage)
	}
	if s.Topic == "" {
		p.Add("import_state::topic", "is missing: the topic that the detectors will read")
	}
	configtype.InRange(p, "import_state::partitions", s.Partitions, 1, maxPartitions)
	if c.Scope != detect.ByAccount {
		p.Add("import_state", "needs scope: account, because accounts are divided among the partitions")
	}
}
