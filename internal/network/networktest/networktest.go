// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package networktest writes the files that the network package reads, for tests.
package networktest

import (
	"cmp"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/stretchr/testify/require"
)

// Epoch is the build time of the databases, in Unix seconds: 2025-01-15.
const Epoch = 1736899200

// WriteCountries writes a country database in the layout of GeoLite2 into the folder, and returns its path. The text has
// one network a line: a CIDR, a tab and the country's code. Networks may be any, also reserved ones.
func WriteCountries(tb testing.TB, dir, text string) string {
	tb.Helper()
	return WriteCountriesAt(tb, dir, text, Epoch)
}

// WriteCountriesAt is WriteCountries with a build time, which is also the time of the file.
func WriteCountriesAt(tb testing.TB, dir, text string, epoch int64) string {
	tb.Helper()
	records := map[string]mmdbtype.DataType{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		cidr, country, found := strings.Cut(line, "\t")
		require.True(tb, found, "line %q must be a CIDR, a tab and a country", line)
		records[cidr] = mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(country)}}
	}
	path := filepath.Join(dir, "countries.mmdb")
	WriteDatabase(tb, path, mmdbwriter.Options{DatabaseType: "Test-Country", BuildEpoch: epoch}, records)
	written := time.Unix(epoch, 0)
	require.NoError(tb, os.Chtimes(path, written, written))
	return path
}

// WriteDatabase writes a MaxMind DB file of any layout. records maps networks, given as CIDRs, to their data.
func WriteDatabase(tb testing.TB, path string, options mmdbwriter.Options, records map[string]mmdbtype.DataType) {
	tb.Helper()
	options.IncludeReservedNetworks = true
	if options.BuildEpoch == 0 {
		options.BuildEpoch = Epoch
	}
	tree, err := mmdbwriter.New(options)
	require.NoError(tb, err)
	cidrs := slices.SortedFunc(maps.Keys(records), widerFirst) // a later network replaces what it covers
	for _, cidr := range cidrs {
		_, network, err := net.ParseCIDR(cidr)
		require.NoError(tb, err)
		require.NoError(tb, tree.Insert(network, records[cidr]))
	}
	file, err := os.Create(path)
	require.NoError(tb, err)
	_, err = tree.WriteTo(file)
	require.NoError(tb, err)
	require.NoError(tb, file.Close())
}

func widerFirst(a, b string) int {
	return cmp.Or(cmp.Compare(bits(a), bits(b)), cmp.Compare(a, b))
}

func bits(cidr string) int {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return 0 // inserting it says what is wrong
	}
	return prefix.Bits()
}
