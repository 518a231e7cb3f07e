// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"errors"
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/firehosesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/s3source"
)

// What becomes of a line.
const (
	emitAttributes = "attributes"
	emitLines      = "lines"
)

// Config is the configuration of the vpc_flow receiver. It needs at least one source.
type Config struct {
	// Files is the source that reads files: the options of the file consumer of pkg/stanza. Without it no files are read.
	Files configoptional.Optional[fileconsumer.Config] `mapstructure:"files"`

	// S3 is the source that reads objects of S3. Without it none are read.
	S3 configoptional.Optional[s3source.Config] `mapstructure:"s3"`

	// Firehose is the source that Amazon Data Firehose sends to. Without it nothing listens.
	Firehose configoptional.Optional[firehosesource.Config] `mapstructure:"firehose"`

	// Format is the order of the fields in lines that no header line precedes: `default` (version 2), `tgw` (Transit
	// Gateway), or the names of the fields.
	Format []string `mapstructure:"format"`

	// Emit is what a record holds: `attributes`, decoded, or `lines`, the line as it is in the body, for vpc_detection to
	// decode by itself. Lines are faster where only alerts are wanted.
	Emit string `mapstructure:"emit"`

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
	if !c.Files.HasValue() && !c.S3.HasValue() && !c.Firehose.HasValue() {
		errs = append(errs, errors.New("no source is configured: give `files`, `s3` or `firehose`"))
	}
	if c.Files.HasValue() {
		errs = append(errs, validateFiles(c.Files.Get()))
	}
	if c.S3.HasValue() {
		errs = append(errs, c.S3.Get().Check())
	}
	if c.Firehose.HasValue() {
		errs = append(errs, c.Firehose.Get().Check())
	}
	errs = append(errs, validateFormat(c.Format))
	if c.Emit != emitAttributes && c.Emit != emitLines {
		errs = append(errs, fmt.Errorf("emit: unknown value %q; want %s or %s", c.Emit, emitAttributes, emitLines))
	}
	if c.MaxBatchSize < 1 {
		errs = append(errs, fmt.Errorf("max_batch_size: must be at least 1, got %d", c.MaxBatchSize))
	}
	return errors.Join(errs...)
}

// validateFormat refuses what no format can be made of, and a format that does not say who talks to whom: each
// record would be read and handed on, and then be of no use to any rule.
func validateFormat(names []string) error {
	format, err := flow.ChooseFormat(names)
	if err != nil {
		return fmt.Errorf("format: %w", err)
	}
	var errs []error
	for _, either := range [][2]string{{"srcaddr", "pkt-srcaddr"}, {"dstaddr", "pkt-dstaddr"}} {
		if !format.Has(either[0]) && !format.Has(either[1]) {
			errs = append(errs, fmt.Errorf("format: has neither %s nor %s: no rule can use such records, got %q", either[0], either[1], format))
		}
	}
	return errors.Join(errs...)
}
