// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"errors"
	"net/netip"
	"sync/atomic"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
)

// maxDatabaseBytes bounds a country database. The largest that are sold have a few hundred megabytes.
const maxDatabaseBytes = 1 << 30

// CountryFile is a country database in a file that may be replaced while the program runs. One goroutine at a time may
// call Load. The other methods are safe for concurrent use.
type CountryFile struct {
	file    *changedfile.File
	current atomic.Pointer[Database]
}

// NewCountryFile returns the database in the file at path. It knows no country until Load reads the file.
func NewCountryFile(path string) *CountryFile {
	return &CountryFile{file: changedfile.New(path, maxDatabaseBytes)}
}

// Path returns the path of the file.
func (f *CountryFile) Path() string { return f.file.Path() }

// Load reads the file if it has changed since the last call, and reports whether it did. After an error, the database of
// the last successful call stays in use. The same error is returned once.
func (f *CountryFile) Load() (changed bool, err error) {
	content, _, err := f.file.Read()
	if errors.Is(err, changedfile.ErrUnchanged) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	database, err := ParseDatabase(content, f.file.Path())
	if err != nil {
		return false, err
	}
	f.current.Store(database)
	return true, nil
}

// Database returns the database of the last successful Load, or nil.
func (f *CountryFile) Database() *Database { return f.current.Load() }

// Country returns the country of the address, or an empty text if the database does not know it.
func (f *CountryFile) Country(a netip.Addr) string {
	database := f.current.Load()
	if database == nil {
		return ""
	}
	return database.Country(a)
}
