// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"errors"
	"fmt"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// The words of format that stand for a list of fields.
const (
	formatDefault        = "default"
	formatTransitGateway = "tgw"
)

// Config is the configuration of the vpc_flow receiver. It needs at least one source.
type Config struct {
	// Files is the source that reads files: the options of the file consumer of pkg/stanza. Without it no files are read.
	Files configoptional.Optional[fileconsumer.Config] `mapstructure:"files"`

	// Format is the order of the fields in lines that no header line precedes: `default` (version 2), `tgw` (Transit
	// Gateway), or the names of the fields.
	Format []string `mapstructure:"format"`

	// MaxBatchSize is the largest number of records that goes to the next consumer at a time; at least 1.
	MaxBatchSize int `mapstructure:"max_batch_size"`

	// Storage is the storage extension that keeps positions over a restart. Without it, everything is read again.
	Storage *component.ID `mapstructure:"storage"`

	// RetryOnFailure says how records that the next consumer refuses are offered again. A max_elapsed_time of zero means
	// until it takes them.
	RetryOnFailure configretry.BackOffConfig `mapstructure:"retry_on_failure"`
}

// Validate names each mistake by its key. That of retry_on_failure is checked by its own Validate.
func (c *Config) Validate() error {
	var errs []error
	if !c.Files.HasValue() {
		errs = append(errs, errors.New("no source is configured: give `files`"))
	} else {
		errs = append(errs, validateFiles(c.Files.Get()))
	}
	if _, err := c.format(); err != nil {
		errs = append(errs, fmt.Errorf("format: %w", err))
	}
	if c.MaxBatchSize < 1 {
		errs = append(errs, fmt.Errorf("max_batch_size: must be at least 1, got %d", c.MaxBatchSize))
	}
	return errors.Join(errs...)
}

// format compiles Format. A single word that is no field is a mistake rather than a format of one field that AWS has
// not had so far.
func (c *Config) format() (*flow.Format, error) {
	names := strings.Fields(strings.Join(c.Format, " "))
	if len(names) != 1 {
		return flow.NewFormat(names)
	}
	switch names[0] {
	case formatDefault:
		return flow.Default, nil
	case formatTransitGateway:
		return flow.TransitGateway, nil
	}
	format, err := flow.NewFormat(names)
	if err != nil || len(format.Unknown()) > 0 {
		return nil, fmt.Errorf("unknown value %q; want %s, %s or a list of field names", names[0], formatDefault, formatTransitGateway)
	}
	return format, nil
}
