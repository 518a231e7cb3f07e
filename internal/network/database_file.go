// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"errors"
	"sync/atomic"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
)

// maxDatabaseBytes bounds a database. The largest that are sold have a few hundred megabytes.
const maxDatabaseBytes = 1 << 30

// databaseFile is a database in a file that may be replaced while the program runs. One goroutine at a time may call
// Load. The other methods are safe for concurrent use.
type databaseFile[D any] struct {
	file    *changedfile.File
	parse   func(content []byte, path string) (*D, error)
	current atomic.Pointer[D]
}

// Path returns the path of the file.
func (f *databaseFile[D]) Path() string { return f.file.Path() }

// Load reads the file if it has changed since the last call, and reports whether it did. After an error, the database
// of the last successful call stays in use. A repeated error is returned only once.
func (f *databaseFile[D]) Load() (changed bool, err error) {
	content, _, err := f.file.Read()
	if errors.Is(err, changedfile.ErrUnchanged) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	database, err := f.parse(content, f.file.Path())
	if err != nil {
		return false, err
	}
	f.current.Store(database)
	return true, nil
}

// Database returns the database of the last successful Load, or nil.
func (f *databaseFile[D]) Database() *D { return f.current.Load() }
