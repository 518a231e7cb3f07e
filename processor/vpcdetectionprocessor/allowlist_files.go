// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// maxAllowlistBytes bounds an allowlist file.
const maxAllowlistBytes = 1 << 30

// allowlistFiles are the files of ignore_files, which are reloaded when they change.
type allowlistFiles struct {
	files   []*changedfile.File
	entries []detect.IgnoreFile // one per file
	log     *zap.Logger
	update  func([]detect.IgnoreFile)
}

// newAllowlistFiles reads the files for the first time. Update is called after each change.
func newAllowlistFiles(paths []string, log *zap.Logger, update func([]detect.IgnoreFile)) (*allowlistFiles, error) {
	a := &allowlistFiles{log: log, update: update}
	for i, path := range paths {
		file := changedfile.New(path, maxAllowlistBytes)
		entries, err := readAllowlist(file)
		if err != nil {
			return nil, fmt.Errorf("ignore_files[%d]: %w", i, err)
		}
		a.files = append(a.files, file)
		a.entries = append(a.entries, detect.IgnoreFile{Path: path, Entries: entries})
	}
	return a, nil
}

// reloads returns the job that reloads the files, if there are any.
func (a *allowlistFiles) reloads() []reload {
	if len(a.files) == 0 {
		return nil
	}
	return []reload{func(context.Context) { a.reload() }}
}

func (a *allowlistFiles) reload() {
	changed := false
	for i, file := range a.files {
		entries, err := readAllowlist(file)
		switch {
		case errors.Is(err, changedfile.ErrUnchanged):
		case err != nil:
			a.log.Warn("fail to reload allowlist; the last entries stay in use", zap.String("file", file.Path()), zap.Error(err))
		default:
			a.entries[i].Entries = entries
			changed = true
			a.log.Info("allowlist reloaded", zap.String("file", file.Path()), zap.Int("entries", len(entries)))
		}
	}
	if changed {
		a.update(a.entries)
	}
}

// readAllowlist reads a file with a list of entries as under "ignore". Errors name the file and the entry.
func readAllowlist(file *changedfile.File) ([]detect.Ignore, error) {
	text, _, err := file.Read()
	if err != nil {
		return nil, err
	}
	var list any
	if err := yaml.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: is not YAML: %w", file.Path(), err)
	}
	var entries []detect.Ignore
	if err := configdecode.Decode(file.Path(), list, &entries); err != nil {
		return nil, err
	}
	return entries, detect.CheckIgnore(file.Path(), entries)
}
