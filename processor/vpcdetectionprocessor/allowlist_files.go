// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// allowlistFiles are the files of ignore_files, which are kept up to date.
type allowlistFiles struct {
	files  map[int]*changedfile.File // by the position in the configuration
	urls   []*allowlistURL
	log    *zap.Logger
	check  checkEntries
	update func([]detect.IgnoreFile)

	mu      sync.Mutex // held during an update, so that older entries cannot replace newer ones
	entries []detect.IgnoreFile
	started bool // update may be called
}

// newAllowlistFiles reads the files at paths. It returns an error if one of them cannot be read. It does not fetch the
// files at URLs; see loadAll. update is called by apply and after each later change.
func newAllowlistFiles(
	ctx context.Context, configs []IgnoreFile, check checkEntries, store *threatlist.Store, host component.Host, set component.TelemetrySettings,
	now func() time.Time, update func([]detect.IgnoreFile),
) (*allowlistFiles, error) {
	a := &allowlistFiles{
		check: check,
		files: map[int]*changedfile.File{}, log: set.Logger, update: update, entries: make([]detect.IgnoreFile, len(configs)),
	}
	for i, config := range configs {
		if config.URL != "" {
			a.entries[i].Path = ignoreFileKey(i)
			url, err := newAllowlistURL(ctx, ignoreFileKey(i), &config, store, host, set, now, func(entries []detect.Ignore) {
				a.set(map[int][]detect.Ignore{i: entries})
			}, check)
			if err != nil {
				return nil, err
			}
			a.urls = append(a.urls, url)
			continue
		}
		a.files[i] = changedfile.New(config.Path, maxAllowlistBytes)
		entries, err := readAllowlist(a.files[i], check)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ignoreFileKey(i), err)
		}
		a.entries[i] = detect.IgnoreFile{Path: config.Path, Entries: entries}
	}
	return a, nil
}

// apply passes the current entries to update. Later changes are then passed as well.
func (a *allowlistFiles) apply() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.started = true
	a.update(a.entries)
}

// set replaces the entries of the files at the given positions.
func (a *allowlistFiles) set(changed map[int][]detect.Ignore) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, entries := range changed {
		a.entries[i].Entries = entries
	}
	if a.started {
		a.update(a.entries)
	}
}

// reloads returns one job for each URL, because a server may be slow, and one job for all files at paths.
func (a *allowlistFiles) reloads() (jobs []reload) {
	if len(a.files) > 0 {
		jobs = append(jobs, func(context.Context) { a.reload() })
	}
	for _, url := range a.urls {
		jobs = append(jobs, url.refresh)
	}
	return jobs
}

// reload reads the files at paths that have changed.
func (a *allowlistFiles) reload() {
	changed := map[int][]detect.Ignore{}
	for _, i := range slices.Sorted(maps.Keys(a.files)) {
		file := a.files[i]
		entries, err := readAllowlist(file, a.check)
		switch {
		case errors.Is(err, changedfile.ErrUnchanged):
		case err != nil:
			a.log.Warn("fail to reload allowlist; the last entries stay in use", zap.String("file", file.Path()), zap.Error(err))
		default:
			changed[i] = entries
			a.log.Info("allowlist reloaded", zap.String("file", file.Path()), zap.Int("entries", len(entries)))
		}
	}
	if len(changed) > 0 {
		a.set(changed)
	}
}
