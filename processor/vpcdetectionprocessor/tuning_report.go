// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// TuningReport configures the tuning report, which helps to choose thresholds.
type TuningReport struct {
	// Path is the path of the report, in Markdown. It is required.
	Path string `mapstructure:"path"`
	// Interval is the time between two reports, at least 1s. The last report is written at shutdown.
	Interval time.Duration `mapstructure:"interval"`
}

func (r *TuningReport) validate(p *configtype.Problems) {
	if strings.TrimSpace(r.Path) == "" {
		p.Add("tuning_report::path", "%q is not the path of a file", r.Path)
	}
	configtype.AtLeast(p, "tuning_report::interval", r.Interval, time.Second)
}

// write writes a report of the profile, which counts flows since start. Without flows, it keeps the report of an earlier
// run.
func (r *TuningReport) write(profile detect.Profile, start, now time.Time) error {
	if profile.Flows == 0 {
		return nil
	}
	var text bytes.Buffer
	if err := formatReport(&text, profile, start, now); err != nil {
		return fmt.Errorf("tuning_report: %w", err)
	}
	temp, err := r.createTemp(text.Bytes())
	if err == nil {
		err = os.Rename(temp, r.Path)
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}
	return withPathKey(err)
}

// checkWritable returns an error if the report cannot be written.
func (r *TuningReport) checkWritable() error {
	temp, err := r.createTemp(nil)
	if err == nil {
		err = os.Remove(temp)
	}
	return withPathKey(err)
}

// createTemp writes a temporary file in the folder of the report. Renaming it replaces the report at once.
func (r *TuningReport) createTemp(text []byte) (path string, err error) {
	if info, err := os.Stat(r.Path); err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", r.Path)
	}
	file, err := os.CreateTemp(filepath.Dir(r.Path), "."+filepath.Base(r.Path)+".*")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

func withPathKey(err error) error {
	if err != nil {
		return fmt.Errorf("tuning_report::path: %w", err)
	}
	return nil
}
