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
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/filesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/firehosesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/kafkasource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/s3source"
)

// The values of emit.
const (
	emitAttributes = "attributes"
	emitLines      = "lines"
	emitBlocks     = "blocks"
)

// emits are the values of emit.
var emits = map[string]otlp.Emit{
	emitAttributes: otlp.EmitAttributes,
	emitLines:      otlp.EmitLines,
	emitBlocks:     otlp.EmitBlocks,
}

// Config is the configuration of the vpc_flow receiver. It needs at least one source.
type Config struct {
	// Files configures the files to read. Nil means that no files are read.
	Files configoptional.Optional[filesource.Config] `mapstructure:"files"`

	// S3 configures the S3 objects to read. Nil means that no objects are read.
	S3 configoptional.Optional[s3source.Config] `mapstructure:"s3"`

	// Firehose configures the endpoint for Amazon Data Firehose. Nil means that there is no endpoint.
	Firehose configoptional.Optional[firehosesource.Config] `mapstructure:"firehose"`

	// Kafka configures the topics to read. Nil means that none are read.
	Kafka configoptional.Optional[kafkasource.Config] `mapstructure:"kafka"`

	// Format lists the fields of lines before the first header: `default` (version 2), `tgw` (Transit Gateway), or the names
	// of the fields.
	Format []string `mapstructure:"format"`

	// Emit is what a log record contains: `attributes` for the decoded fields of a line, `lines` for one line, or `blocks` for
	// many lines. vpc_detection accepts all of them. Blocks are the fastest if only alerts are needed.
	Emit string `mapstructure:"emit"`

	// BatchByAccount sends the records of each account in batches of their own, with the account as client metadata.
	BatchByAccount bool `mapstructure:"batch_by_account"`

	// MaxBatchSize is the maximum number of records in a batch, or of lines with blocks. It is at least 1. The default is
	// 1000, or 4000 with blocks.
	MaxBatchSize int `mapstructure:"max_batch_size"`

	// Storage is the extension that stores checkpoints. Nil means that everything is read again after a restart.
	Storage *component.ID `mapstructure:"storage"`

	// RetryOnFailure configures retries of batches that the next consumer refuses. A max_elapsed_time of zero retries without
	// limit.
	RetryOnFailure configretry.BackOffConfig `mapstructure:"retry_on_failure"`
}

// Validate returns all errors in the configuration, each with its key. The Collector validates
// retry_on_failure separately.
func (c *Config) Validate() error {
	var errs []error
	if !c.Files.HasValue() && !c.S3.HasValue() && !c.Firehose.HasValue() && !c.Kafka.HasValue() {
		errs = append(errs, errors.New("no source is configured: give `files`, `s3`, `firehose` or `kafka`"))
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
	if c.Kafka.HasValue() {
		errs = append(errs, c.Kafka.Get().Check())
	}
	errs = append(errs, validateFormat(c.Format))
	if _, ok := emits[c.Emit]; !ok {
		errs = append(errs, fmt.Errorf("emit: unknown value %q; want %s, %s or %s", c.Emit, emitAttributes, emitLines, emitBlocks))
	}
	if c.BatchByAccount && c.Emit == emitBlocks {
		errs = append(errs, fmt.Errorf("batch_by_account: needs emit: %s or %s, because a block has lines of several accounts, got emit: %s",
			emitAttributes, emitLines, c.Emit))
	}
	if c.MaxBatchSize < 1 {
		errs = append(errs, fmt.Errorf("max_batch_size: must be at least 1, got %d", c.MaxBatchSize))
	}
	return errors.Join(errs...)
}

// validateFormat also rejects a format without addresses, because no rule could use its records.
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
