// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package networktest

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriteCountriesWritesWhatTheTextSays(t *testing.T) {
	path := WriteCountries(t, t.TempDir(), "193.0.4.0/24\tDE\n\n193.0.0.0/21\tNL\r\n2001:67c:2e8::/48\tNL\n203.0.113.0/24\tJP")
	reader, err := maxminddb.Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, reader.Close()) }()
	for address, want := range map[string]string{
		"193.0.0.1":       "NL",
		"193.0.4.1":       "DE", // although the wider network comes later
		"2001:67c:2e8::1": "NL",
		"203.0.113.7":     "JP", // although it is reserved
		"8.8.8.8":         "",
	} {
		var country string
		require.NoError(t, reader.Lookup(netip.MustParseAddr(address)).DecodePath(&country, "country", "iso_code"))
		assert.Equal(t, want, country, address)
	}
	assert.Equal(t, uint(Epoch), reader.Metadata.BuildEpoch)
}

func TestWriteDatabaseWritesTheSameFileEachTime(t *testing.T) {
	records := map[string]mmdbtype.DataType{}
	for _, cidr := range []string{"10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8", "12.0.0.0/16", "2001:db8::/32"} {
		records[cidr] = mmdbtype.Map{"country_code": mmdbtype.String(cidr[:2])}
	}
	var contents []string
	for range 2 {
		path := filepath.Join(t.TempDir(), "test.mmdb")
		WriteDatabase(t, path, mmdbwriter.Options{BuildEpoch: 1}, records)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		contents = append(contents, string(content))
	}
	assert.Equal(t, contents[0], contents[1])
}
