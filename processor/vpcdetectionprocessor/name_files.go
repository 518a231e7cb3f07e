// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
)

// maxNamesBytes bounds a file with names.
const maxNamesBytes = 1 << 30

// nameFiles are the files of the key names, which are reloaded when they change.
type nameFiles struct {
	files   []*changedfile.File
	entries [][]inventory.NameEntry    // by file
	bad     []map[inventory.Kind]int64 // entries that were skipped, by file and kind of error
	log     *zap.Logger
	now     func() time.Time
	sampler samplelog.Sampler
	update  func(names *inventory.Names, bad map[inventory.Kind]int64)
}

// newNameFiles reads the files. update is called by apply and after each later change, with the number of entries that
// were skipped.
func newNameFiles(
	paths []string, now func() time.Time, log *zap.Logger, update func(*inventory.Names, map[inventory.Kind]int64),
) (*nameFiles, error) {
	n := &nameFiles{log: log, now: now, update: update}
	n.entries, n.bad = make([][]inventory.NameEntry, len(paths)), make([]map[inventory.Kind]int64, len(paths))
	for i, path := range paths {
		n.files = append(n.files, changedfile.New(path, maxNamesBytes))
		if err := n.load(i); err != nil {
			return nil, fmt.Errorf("names[%d]: %w", i, err)
		}
	}
	return n, nil
}

// apply passes the names to the engine.
func (n *nameFiles) apply() {
	bad := map[inventory.Kind]int64{}
	for _, counts := range n.bad {
		for kind, count := range counts {
			bad[kind] += count
		}
	}
	n.update(inventory.NewNames(slices.Concat(n.entries...)), bad)
}

// reloads returns the job that reloads the files, if there are any.
func (n *nameFiles) reloads() []reload {
	if len(n.files) == 0 {
		return nil
	}
	return []reload{func(context.Context) { n.reload() }}
}

func (n *nameFiles) reload() {
	changed := false
	for i, file := range n.files {
		switch err := n.load(i); {
		case errors.Is(err, changedfile.ErrUnchanged):
		case err != nil:
			n.log.Warn("fail to reload names; the last entries stay in use", zap.String("file", file.Path()), zap.Error(err))
		default:
			changed = true
			n.log.Info("names reloaded", zap.String("file", file.Path()), zap.Int("entries", len(n.entries[i])))
		}
	}
	if changed {
		n.apply()
	}
}

// load reads one file. It logs the first of the entries that it skips.
func (n *nameFiles) load(i int) error {
	text, _, err := n.files[i].Read()
	if err != nil {
		return err
	}
	entries, bad, err := inventory.ParseNames(text, n.files[i].Path())
	if err != nil {
		return err
	}
	n.entries[i], n.bad[i] = entries, map[inventory.Kind]int64{}
	for _, each := range bad {
		n.bad[i][each.Kind]++
	}
	if len(bad) > 0 {
		if skipped, ok := n.sampler.Allow(n.now(), int64(len(bad))); ok {
			n.log.Warn("names skipped", zap.Int64("entries", skipped), zap.Error(bad[0]))
		}
	}
	return nil
}
