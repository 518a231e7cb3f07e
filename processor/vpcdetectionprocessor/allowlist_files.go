// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.uber.org/zap"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// allowlists are the files of traffic to ignore, which are read again when they change.
type allowlists struct {
	files []*changedfile.File
	known []detect.IgnoreFile // one for each of files
	log   *zap.Logger
	swap  func([]detect.IgnoreFile)
}

// loadAllowlists reads the files. One that can not be read, or that has a mistake, stops the start.
func (d *detection) loadAllowlists() (*allowlists, error) {
	a := &allowlists{log: d.set.Logger, swap: d.setIgnoreFiles}
	for i, path := range d.cfg.IgnoreFiles {
		file := changedfile.New(path, maxFile)
		entries, err := readAllowlist(file)
		if err != nil {
			return nil, fmt.Errorf("ignore_files[%d]: %w", i, err)
		}
		a.files = append(a.files, file)
		a.known = append(a.known, detect.IgnoreFile{Path: path, Entries: entries})
	}
	return a, nil
}

func (a *allowlists) polls() []reload {
	if len(a.files) == 0 {
		return nil
	}
	return []reload{func(context.Context) { a.poll() }}
}

func (a *allowlists) poll() {
	var changed bool
	for i, file := range a.files {
		entries, err := readAllowlist(file)
		switch {
		case errors.Is(err, changedfile.ErrUnchanged):
		case err != nil:
			a.log.Warn("allowlist not read: its last entries stay", zap.String("file", file.Path()), zap.Error(err))
		default:
			a.known[i].Entries = entries
			changed = true
			a.log.Info("allowlist read", zap.String("file", file.Path()), zap.Int("entries", len(entries)))
		}
	}
	if changed {
		a.swap(a.known)
	}
}

// readAllowlist reads entries as they stand under ignore. Mistakes are named by the file and the place in it.
func readAllowlist(file *changedfile.File) ([]detect.Ignore, error) {
	text, _, err := file.Read()
	if err != nil {
		return nil, err
	}
	var list any
	if err := yaml.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: is not YAML: %w", file.Path(), err)
	}
	if list == nil {
		return nil, nil
	}
	var wrong mistakes
	var decoded struct {
		Ignore []detect.Ignore `mapstructure:"ignore"`
	}
	wrong.decode("", map[string]any{"ignore": list}, &decoded)
	for i, mistake := range wrong {
		wrong[i] = file.Path() + strings.TrimPrefix(mistake, "ignore")
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return decoded.Ignore, detect.CheckIgnore(file.Path(), decoded.Ignore)
}

// setIgnoreFiles has the engine go by other entries, between two batches.
func (d *detection) setIgnoreFiles(files []detect.IgnoreFile) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.engine.SetIgnoreFiles(files)
}

// tellExpired says which entries no longer count.
func (d *detection) tellExpired(expired []detect.Expired) {
	for _, entry := range expired {
		d.set.Logger.Warn("allowlist entry has expired: its traffic is no longer ignored",
			zap.String("entry", entry.Name), zap.Stringer("expires", entry.Expires))
	}
}
