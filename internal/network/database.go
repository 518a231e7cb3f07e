// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"fmt"
	"net/netip"
	"os"
	"sync/atomic"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Database is a country database of the user's own, in the MaxMind DB format. Lookups may run concurrently.
type Database struct {
	reader *maxminddb.Reader
	// recent remembers the countries of records by their offset: a database has far fewer records than networks,
	// and to decode one costs more than to find it.
	recent [4096]atomic.Uint64
}

// OpenCountries opens a MaxMind DB file in which networks have a country. It takes the layout of GeoLite2, GeoIP2,
// DB-IP and IP2Location (country.iso_code, and where that is missing registered_country.iso_code), and the flat one of
// IPinfo and others (country_code, or country when that is a code).
//
// The file is read whole into memory rather than mapped: a mapped file that is overwritten in place, as cp
// does it, would end the process.
func OpenCountries(path string) (*Database, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("country database: %w", err)
	}
	return ParseCountries(content, path)
}

// ParseCountries takes a database from what is in its file, whose path stands for it in messages. See [OpenCountries].
func ParseCountries(content []byte, path string) (*Database, error) {
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

// check looks for a network with a country: a database of another kind, such as one of providers, has none.
func (d *Database) check() error {
	for result := range d.reader.Networks() {
		if err := result.Err(); err != nil {
			return fmt.Errorf("broken: %w", err)
		}
		if decode(result) != unknown {
			return nil
		}
	}
	return fmt.Errorf("no network in it has a country, its type is %q", d.reader.Metadata.DatabaseType)
}

// Country returns the country of the address, empty when the database has none.
func (d *Database) Country(a netip.Addr) string {
	result := d.reader.Lookup(a)
	if !result.Found() { // also an IPv6 address in a database of IPv4 only
		return ""
	}
	// One word holds both the offset and the code, so that a reader sees either both or neither.
	tag := uint64(result.Offset()+1) << 16
	slot := &d.recent[result.Offset()%uintptr(len(d.recent))]
	if word := slot.Load(); word&^0xffff == tag {
		return code(word & 0xffff).String()
	}
	c := decode(result)
	slot.Store(tag | uint64(c))
	return c.String()
}

// Epoch returns when the database was built, in Unix seconds.
func (d *Database) Epoch() int64 {
	return int64(d.reader.Metadata.BuildEpoch)
}

// Close releases the database. No lookup may run then or later.
func (d *Database) Close() error {
	return d.reader.Close()
}

// paths are the places in a record where databases have the code of a country, the better ones first. Where a
// network is (country) says more than where it is registered.
var paths = [][]any{
	{"country", "iso_code"},
	{"country_code"},
	{"country"},
	{"registered_country", "iso_code"},
}

// decode returns the country in a record. A path that leads to nothing, or to something else than a code, is one that
// this kind of database does not have.
func decode(record maxminddb.Result) code {
	for _, path := range paths {
		var text string
		if err := record.DecodePath(&text, path...); err != nil {
			continue
		}
		if c := parseCode(text); c != unknown {
			return c
		}
	}
	return unknown
}
