// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/filesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/firehosesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/s3source"
)

// The values of emit.
const (
	emitAttributes = "attributes"
	emitLines      = "lines"
)

// Config is the configuration of the vpc_flow receiver. It needs at least one source.
type Config struct {
	// Files are the files to read. Without it, no files are read.
	Files configoptional.Optional[filesource.Config] `mapstructure:"files"`

	// S3 are the objects of S3 to read. Without it, no objects are read.
	S3 configoptional.Optional[s3source.Config] `mapstructure:"s3"`

	// Firehose is the endpoint for Amazon Data Firehose. Without it, there is no endpoint.
	Firehose configoptional.Optional[firehosesource.Config] `mapstructure:"firehose"`

	// Format lists the fields of lines that no header precedes: `default` (version 2), `tgw` (Transit Gateway), or the names
	// of the fields.
	Format []string `mapstructure:"format"`

	// Emit is what a record contains: `attributes`, the decoded fields, or `lines`, the line in the body, which vpc_detection
	// decodes. Lines are faster if only alerts are needed.
	Emit string `mapstructure:"emit"`

	// MaxBatchSize is the largest number of records that are sent to the next consumer at a time; at least 1.
	MaxBatchSize int `mapstructure:"max_batch_size"`

	// Storage is the extension that stores checkpoints. Without it, everything is read again after a restart.
	Storage *component.ID `mapstructure:"storage"`

	// RetryOnFailure says when records are sent again that the next consumer refuses. A max_elapsed_time of zero retries until
	// it accepts them.
	RetryOnFailure configretry.BackOffConfig `mapstructure:"retry_on_failure"`
}

// Validate returns all errors in the configuration, each with its key. Its caller checks retry_on_failure as well.
func (c *Config) Validate() error {
	var errs []error
	if !c.Files.HasValue() && !c.S3.HasValue() && !c.Firehose.HasValue() {
		errs = append(errs, errors.New("no source is configured: give `files`, `s3` or `firehose`"))
	}
	if c.Files.HasValue() {
		errs = append(errs, c.Files.Get().Check())
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

// validateFormat also refuses a format without addresses, because no rule could use its records.
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
