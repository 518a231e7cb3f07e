// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer/matcher"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/split"
	"go.opentelemetry.io/collector/component"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
)

const (
	startAtBeginning = "beginning"
	startAtEnd       = "end"
	// minFingerprintSize is the file consumer's.
	minFingerprintSize = 16
)

// validateFiles names each mistake by its key and the value it got. What it does not look at itself (the regular
// expressions of ordering_criteria), the file consumer does.
func validateFiles(c *fileconsumer.Config) error {
	errs := []error{unsupportedFileOptions(c)}
	bad := func(key string, value any, want string) {
		errs = append(errs, fmt.Errorf("files::%s: %s, got %q", key, want, fmt.Sprint(value)))
	}
	if len(c.Include) == 0 {
		errs = append(errs, errors.New("files::include: must name at least one file or glob"))
	}
	for key, globs := range map[string][]string{"include": c.Include, "exclude": c.Exclude} {
		for _, glob := range globs {
			if _, err := matcher.New(matcher.Criteria{Include: []string{glob}}); err != nil {
				bad(key, glob, "must be a glob")
			}
		}
	}
	if c.StartAt != startAtBeginning && c.StartAt != startAtEnd {
		bad("start_at", c.StartAt, "must be beginning or end")
	}
	if c.Compression != "" && c.Compression != "gzip" && c.Compression != "auto" {
		bad("compression", c.Compression, "must be empty, gzip or auto (gzip is recognized whatever stands here)")
	}
	if c.PollInterval <= 0 {
		bad("poll_interval", c.PollInterval, "must be positive")
	}
	if c.MaxConcurrentFiles < 1 {
		bad("max_concurrent_files", c.MaxConcurrentFiles, "must be at least 1")
	}
	if c.MaxBatches < 0 {
		bad("max_batches", c.MaxBatches, "must not be negative")
	}
	if c.FingerprintSize < minFingerprintSize {
		bad("fingerprint_size", c.FingerprintSize, fmt.Sprintf("must be at least %d bytes", minFingerprintSize))
	}
	if c.PollInterval < time.Millisecond {
		bad("poll_interval", c.PollInterval, "must be at least 1ms, with its unit")
	}
	if c.InitialBufferSize < 0 {
		bad("initial_buffer_size", c.InitialBufferSize, "must not be negative")
	}
	switch c.OnTruncate {
	case fileconsumer.OnTruncateIgnore, fileconsumer.OnTruncateReadWholeFile, fileconsumer.OnTruncateReadNew:
	default:
		bad("on_truncate", c.OnTruncate, "must be ignore, read_whole_file or read_new")
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return buildFiles(c)
}

// unsupportedFileOptions refuses what the file consumer can do and a flow log has no use for, rather than to pass it
// over in silence.
func unsupportedFileOptions(c *fileconsumer.Config) error {
	var errs []error
	for _, option := range []struct {
		key string
		set bool
		why string
	}{
		{"multiline", c.SplitConfig != split.Config{}, "a record is one line"},
		{"header", c.Header != nil, "header lines are recognized wherever they stand"},
		{"encoding", c.Encoding != "utf-8" && c.Encoding != "nop" && c.Encoding != "", "flow logs are UTF-8"},
		{"max_log_size", c.MaxLogSize != fileconsumer.NewConfig().MaxLogSize, "a line has at most 64 KiB"},
		{"max_log_size_behavior", c.MaxLogSizeBehavior != fileconsumer.MaxLogSizeBehaviorSplit, "longer lines are dropped and counted"},
		{"preserve_leading_whitespaces", c.TrimConfig.PreserveLeading, "blanks mean nothing in a flow log"},
		{"preserve_trailing_whitespaces", c.TrimConfig.PreserveTrailing, "blanks mean nothing in a flow log"},
		{"include_file_record_number", c.IncludeFileRecordNumber, "records are read in blocks"},
		{"include_file_record_offset", c.IncludeFileRecordOffset, "records are read in blocks"},
		{"delete_after_read", c.DeleteAfterRead, "the file would be gone before its records are accepted"},
	} {
		if option.set {
			errs = append(errs, fmt.Errorf("files::%s: is not supported: %s", option.key, option.why))
		}
	}
	return errors.Join(errs...)
}

func buildFiles(c *fileconsumer.Config) error {
	set := component.TelemetrySettings{
		Logger:         zap.NewNop(),
		MeterProvider:  metricnoop.NewMeterProvider(),
		TracerProvider: tracenoop.NewTracerProvider(),
	}
	emit := func(context.Context, [][]byte, map[string]any, int64, []int64) error { return nil }
	if _, err := c.Build(set, emit); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}
