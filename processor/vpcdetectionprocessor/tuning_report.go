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
	// Path is the file that is written, in Markdown.
	Path string `mapstructure:"path"`
	// Interval is how often it is written, at least 1s; and once more in the end.
	Interval time.Duration `mapstructure:"interval"`
}

func (r *TuningReport) validate() error {
	var wrong []error
	if strings.TrimSpace(r.Path) == "" {
		wrong = append(wrong, fmt.Errorf("tuning_report::path: %q is not the path of a file", r.Path))
	}
	if r.Interval < time.Second {
		wrong = append(wrong, fmt.Errorf("tuning_report::interval: %v is less than 1s", r.Interval))
	}
	return errors.Join(wrong...)
}

// reporting writes the tuning report at each tick, until the function that it returns is called, which writes the last.
// One that could not be written stops the start.
func (d *detection) reporting() (stop func() error, _ error) {
	if d.cfg.TuningReport == nil {
		return func() error { return nil }, nil
	}
	report, since := d.cfg.TuningReport, d.now()
	if err := report.put(nil); err != nil {
		return nil, err
	}
	write := func() error { return d.writeReport(report, since) }
	end := watch([]reload{func(context.Context) {
		if err := write(); err != nil {
			d.set.Logger.Error("the tuning report cannot be written; trying on", zap.Error(err))
		}
	}}, func() (<-chan time.Time, func()) { return d.ticker(report.Interval) })
	return func() error { return errors.Join(end(), write()) }, nil
}

// writeReport writes the report. Before the first flow it leaves the one of an earlier start alone.
func (d *detection) writeReport(report *TuningReport, since time.Time) error {
	survey := d.survey()
	if survey.Flows == 0 {
		return nil
	}
	var text bytes.Buffer
	if err := tell(&text, survey, since, d.now()); err != nil {
		return fmt.Errorf("tuning_report: %w", err)
	}
	return report.put(text.Bytes())
}

// put writes the text beside the report that is there, and puts it in its place when it is whole. Without a text it only
// sees whether it could.
func (r *TuningReport) put(text []byte) error {
	if info, err := os.Stat(r.Path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("tuning_report::path: %s is no file", r.Path)
	}
	file, err := os.CreateTemp(filepath.Dir(r.Path), "."+filepath.Base(r.Path)+".*")
	if err != nil {
		return fmt.Errorf("tuning_report::path: %w", err)
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Close())
	if err == nil && text != nil {
		err = os.Rename(file.Name(), r.Path)
	}
	if err != nil || text == nil {
		err = errors.Join(err, os.Remove(file.Name()))
	}
	if err != nil {
		return fmt.Errorf("tuning_report::path: %w", err)
	}
	return nil
}

func (d *detection) survey() detect.Profile {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.engine.Profile()
}
