// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Systems finds the autonomous system of an address.
type Systems interface {
	// AS returns the number of the system and the name of its organization. They are zero and empty if unknown.
	AS(a netip.Addr) (number uint32, organization string)
}

// SystemDatabase is a database of autonomous systems in the MaxMind DB format. It is safe for concurrent use.
type SystemDatabase struct{ reader *maxminddb.Reader }

// ParseSystemDatabase returns the database in the content of a file. The path identifies the file in messages.
//
// It supports the layouts of GeoLite2, GeoIP2 and DB-IP (autonomous_system_number and autonomous_system_organization) and
// of IPinfo (asn, and as_name or name).
func ParseSystemDatabase(content []byte, path string) (*SystemDatabase, error) {
	reader, err := maxminddb.OpenBytes(content)
	if err != nil {
		return nil, fmt.Errorf("AS database %s: not a MaxMind DB file: %w", path, err)
	}
	for result := range reader.Networks() {
		if err := result.Err(); err != nil {
			return nil, fmt.Errorf("AS database %s: corrupt: %w", path, err)
		}
		if systemNumber(result) != 0 {
			return &SystemDatabase{reader}, nil
		}
	}
	return nil, fmt.Errorf("AS database %s: no network has an AS number; the database type is %q", path, reader.Metadata.DatabaseType)
}

// AS returns the system of an address.
func (d *SystemDatabase) AS(a netip.Addr) (number uint32, organization string) {
	result := d.reader.Lookup(a)
	if !result.Found() {
		return 0, ""
	}
	for _, key := range []string{"autonomous_system_organization", "as_name", "name"} {
		if result.DecodePath(&organization, key) == nil && organization != "" {
			break
		}
	}
	return systemNumber(result), organization
}

// systemNumber returns the number of a record, or 0.
func systemNumber(record maxminddb.Result) uint32 {
	var number uint32
	if record.DecodePath(&number, "autonomous_system_number") == nil && number != 0 {
		return number
	}
	var text string
	if record.DecodePath(&text, "asn") != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "AS"), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
