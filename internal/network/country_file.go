// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
)

// CountryFile is a country database in a file that may be replaced while the program runs. One goroutine at a time may
// call Load. The other methods are safe for concurrent use.
type CountryFile struct{ databaseFile[Database] }

// NewCountryFile returns the database in the file at path. It has no countries until Load reads the file.
func NewCountryFile(path string) *CountryFile {
	return &CountryFile{databaseFile[Database]{file: changedfile.New(path, maxDatabaseBytes), parse: ParseDatabase}}
}

// Country returns the country of the address, or an empty text if the database does not have it.
func (f *CountryFile) Country(a netip.Addr) string {
	database := f.Database()
	if database == nil {
		return ""
	}
	return database.Country(a)
}
