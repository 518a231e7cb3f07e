// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"fmt"
	"net/netip"
	"sync/atomic"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Database is a country database in the MaxMind DB format. It is safe for concurrent use.
type Database struct {
	reader *maxminddb.Reader
	// cache has the country codes of records by their offset. A database has far fewer records than networks, and
	// decoding a record takes longer than finding it.
	cache [4096]atomic.Uint64
}

// ParseDatabase returns the country database in the content of a file. The path identifies the file in messages.
//
// It supports the layouts of GeoLite2, GeoIP2, DB-IP and IP2Location (country.iso_code, or else
// registered_country.iso_code) and those of IPinfo and others (country_code, or country if that is a code).
//
// The caller reads the file into memory because a mapped file that is overwritten in place, as cp does, would crash
// the process.
func ParseDatabase(content []byte, path string) (*Database, error) {
	reader, err := maxminddb.OpenBytes(content)
	if err != nil {
		return nil, fmt.Errorf("country database %s: not a MaxMind DB file: %w", path, err)
	}
	d := &Database{reader: reader}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("country database %s: %w", path, err)
	}
	return d, nil
}

// check returns an error if no network has a country, as in a database of providers.
func (d *Database) check() error {
	for result := range d.reader.Networks() {
		if err := result.Err(); err != nil {
			return fmt.Errorf("corrupt: %w", err)
		}
		if decodeCountry(result) != unknownCountry {
			return nil
		}
	}
	return fmt.Errorf("no network has a country; the database type is %q", d.reader.Metadata.DatabaseType)
}

// Country returns the country of the address, or an empty text if the database does not have it.
func (d *Database) Country(a netip.Addr) string { return d.country(d.reader.Lookup(a)) }

// networkCountry implements networkCountries.
func (d *Database) networkCountry(a netip.Addr) (country string, bits int) {
	result := d.reader.Lookup(a)
	bits = a.BitLen()
	if network := result.Prefix(); network.Addr().BitLen() == bits {
		bits = network.Bits()
	}
	return d.country(result), bits
}

func (d *Database) country(result maxminddb.Result) string {
	if !result.Found() { // also for an IPv6 address in an IPv4 database
		return ""
	}
	// A single word holds the offset and the code, so that concurrent readers see both or neither.
	tag := uint64(result.Offset()+1) << 16
	entry := &d.cache[result.Offset()%uintptr(len(d.cache))]
	if word := entry.Load(); word&^0xffff == tag {
		return countryCode(word & 0xffff).String()
	}
	code := decodeCountry(result)
	entry.Store(tag | uint64(code))
	return code.String()
}

// Epoch returns the build time of the database in Unix seconds.
func (d *Database) Epoch() int64 {
	return int64(d.reader.Metadata.BuildEpoch)
}

// countryPaths are the paths of the country code in the known layouts. The location of a network (country) comes before
// the country of its registration.
var countryPaths = [][]any{
	{"country", "iso_code"},
	{"country_code"},
	{"country"},
	{"registered_country", "iso_code"},
}

// decodeCountry returns the country of a record. It skips paths that the layout does not have.
func decodeCountry(record maxminddb.Result) countryCode {
	for _, path := range countryPaths {
		var text string
		if err := record.DecodePath(&text, path...); err != nil {
			continue
		}
		if code := parseCountryCode(text); code != unknownCountry {
			return code
		}
	}
	return unknownCountry
}
