// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
)

// SystemFile is a database of autonomous systems in a file that may be replaced while the program runs. One goroutine at
// a time may call Load. The other methods are safe for concurrent use.
type SystemFile struct{ databaseFile[SystemDatabase] }

// NewSystemFile returns the database in the file at path. It has no systems until Load reads the file.
func NewSystemFile(path string) *SystemFile {
	return &SystemFile{databaseFile[SystemDatabase]{file: changedfile.New(path, maxDatabaseBytes), parse: ParseSystemDatabase}}
}

// AS returns the system of an address.
func (f *SystemFile) AS(a netip.Addr) (number uint32, organization string) {
	database := f.Database()
	if database == nil {
		return 0, ""
	}
	return database.AS(a)
}
