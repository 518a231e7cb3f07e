// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// TuningReport says where the report is written by which thresholds can be chosen.
type TuningReport struct {
	// Path is the file that is written, in Markdown. Empty writes none.
	Path string `mapstructure:"path"`
	// Interval is how often it is written, at least 1s; and once more in the end.
	Interval time.Duration `mapstructure:"interval"`
}

func (r *TuningReport) validate() error {
	switch {
	case r.Path == "":
		return nil
	case strings.TrimSpace(r.Path) == "":
		return fmt.Errorf("tuning_report::path: %q is not the path of a file", r.Path)
	case r.Interval < time.Second:
		return fmt.Errorf("tuning_report::interval: %v is less than 1s", r.Interval)
	}
	return nil
}

// reporting writes the tuning report at each tick, until the function that it returns is called, which writes the last.
// One that cannot be written at all stops the start.
func (d *detection) reporting() (stop func() error, _ error) {
	if d.cfg.TuningReport.Path == "" {
		return func() error { return nil }, nil
	}
	if err := d.writeReport(); err != nil {
		return nil, err
	}
	end := watch([]poll{func(context.Context) {
		if err := d.writeReport(); err != nil {
			d.set.Logger.Error("the tuning report cannot be written; trying on", zap.Error(err))
		}
	}}, func() (<-chan time.Time, func()) { return d.ticker(d.cfg.TuningReport.Interval) })
	return func() error { return errors.Join(end(), d.writeReport()) }, nil
}

// writeReport writes the report beside the one that is there, and puts it in its place when it is whole.
func (d *detection) writeReport() error {
	var text bytes.Buffer
	if err := tell(&text, d.survey(), d.now()); err != nil {
		return fmt.Errorf("tuning_report: %w", err)
	}
	path := d.cfg.TuningReport.Path
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("tuning_report::path: %w", err)
	}
	_, err = text.WriteTo(file)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("tuning_report::path: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

func (d *detection) survey() detect.Survey {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.engine.Survey()
}
