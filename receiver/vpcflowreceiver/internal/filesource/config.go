// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer/attrs"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer/matcher"
)

// The values of start_at.
const (
	StartAtBeginning = "beginning"
	StartAtEnd       = "end"
)

// The values of on_truncate.
const (
	OnTruncateIgnore        = "ignore"
	OnTruncateReadWholeFile = "read_whole_file"
	OnTruncateReadNew       = "read_new"
)

// Config is the section `files`. Its options have the same meaning as in the file_log receiver.
type Config struct {
	// Criteria choose the files and their order: include, exclude, exclude_older_than and ordering_criteria.
	matcher.Criteria `mapstructure:",squash"`

	// Resolver selects the attributes that describe the file of a record, such as include_file_name.
	attrs.Resolver `mapstructure:",squash"`

	// StartAt is `beginning` or `end`. It applies to files that exist at the first start.
	StartAt string `mapstructure:"start_at"`

	// PollInterval is the time between two polls; at least 1 ms.
	PollInterval time.Duration `mapstructure:"poll_interval"`

	// MaxConcurrentFiles is the maximum number of files that are read concurrently, and of files that are kept open
	// between polls; at least 1. With 1, files are read one after the other, in order.
	MaxConcurrentFiles int `mapstructure:"max_concurrent_files"`

	// FlushPeriod is the time after which a last line without a line end is read as complete. Zero means never.
	FlushPeriod time.Duration `mapstructure:"force_flush_period"`

	// OnTruncate is what happens when a text file has become shorter: `ignore`, `read_whole_file` or `read_new`.
	OnTruncate string `mapstructure:"on_truncate"`
}

// NewDefaultConfig returns the defaults: files are read from their beginning, one after the other.
func NewDefaultConfig() Config {
	return Config{
		StartAt:            StartAtBeginning,
		PollInterval:       200 * time.Millisecond,
		MaxConcurrentFiles: 1,
		FlushPeriod:        5 * time.Second,
		OnTruncate:         OnTruncateIgnore,
	}
}

// CheckSupported returns an error for each option of the file_log receiver that this source does not support. The error
// contains the reason.
func CheckSupported(section map[string]any) error {
	var errs []error
	for _, option := range unsupported {
		if _, ok := section[option.key]; ok {
			errs = append(errs, fmt.Errorf("files::%s: is not supported: %s", option.key, option.why))
		}
	}
	return errors.Join(errs...)
}

var unsupported = []struct{ key, why string }{
	{"multiline", "a record is one line"},
	{"header", "header lines are recognized anywhere in a file"},
	{"encoding", "flow logs are UTF-8"},
	{"compression", "gzip is recognized by its first bytes"},
	{"max_log_size", "a line has at most 64 KiB"},
	{"max_log_size_behavior", "longer lines are skipped and counted"},
	{"preserve_leading_whitespaces", "blanks have no meaning in a flow log"},
	{"preserve_trailing_whitespaces", "blanks have no meaning in a flow log"},
	{"include_file_record_number", "records are read in blocks"},
	{"include_file_record_offset", "records are read in blocks"},
	{"delete_after_read", "the file would be gone before its records are accepted"},
	{"fingerprint_size", "files are identified by their whole content"},
	{"initial_buffer_size", "buffers have a fixed size"},
	{"max_batches", "all files are read in each poll"},
	{"polls_to_archive", "the last 100,000 files are always kept"},
	{"acquire_fs_lock", "files are read without a lock"},
	{"file_cache_advise", "the file cache is left to the system"},
}

// UnsupportedOptions lists the options of the file_log receiver that this source rejects.
func UnsupportedOptions() (keys []string) {
	for _, option := range unsupported {
		keys = append(keys, option.key)
	}
	return keys
}

// Check returns all errors in the configuration, each with its key and value.
func (c *Config) Check() error {
	var errs []error
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
	if c.StartAt != StartAtBeginning && c.StartAt != StartAtEnd {
		bad("start_at", c.StartAt, "must be beginning or end")
	}
	if c.PollInterval < time.Millisecond {
		bad("poll_interval", c.PollInterval, "must be at least 1ms, with its unit")
	}
	if c.MaxConcurrentFiles < 1 {
		bad("max_concurrent_files", c.MaxConcurrentFiles, "must be at least 1")
	}
	if c.FlushPeriod < 0 {
		bad("force_flush_period", c.FlushPeriod, "must not be negative")
	}
	if !slices.Contains([]string{OnTruncateIgnore, OnTruncateReadWholeFile, OnTruncateReadNew}, c.OnTruncate) {
		bad("on_truncate", c.OnTruncate, "must be ignore, read_whole_file or read_new")
	}
	if len(errs) == 0 {
		if _, err := matcher.New(c.Criteria); err != nil {
			errs = append(errs, fmt.Errorf("files::ordering_criteria: %w", err))
		}
	}
	return errors.Join(errs...)
}
