// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
)

// Flows keeps single flows on disk as Parquet files.
type Flows struct {
	// Directory contains the files. It must not be used by another collector. If it is empty, single flows are not kept.
	Directory string `mapstructure:"directory"`
	// Retention is how long flows are kept, counted back from the latest event time: 1h to 8784h (366 days).
	Retention time.Duration `mapstructure:"retention"`
	// MaxSize bounds the files: at least 100MiB. The oldest hour is deleted first.
	MaxSize configtype.Size `mapstructure:"max_size"`
}

const minFlowsSize = configtype.Size(100 << 20)

// validate adds the problems of the settings.
func (f *Flows) validate(problems *configtype.Problems) {
	configtype.InRange(problems, "flows::retention", f.Retention, minRetention, maxRetention)
	configtype.AtLeast(problems, "flows::max_size", f.MaxSize, minFlowsSize)
}
