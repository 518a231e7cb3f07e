// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

var _ network.Countries = (*network.Database)(nil)

const fewCountries = `
200.160.0.0/20	BR
193.0.0.0/21	NL
193.0.4.0/24	DE
203.0.113.0/24	JP
10.0.0.0/8	US
198.51.100.0/24	ZZ
2001:12ff::/32	BR
2001:67c:2e8::/48	NL
`

func TestDatabaseReturnsTheCountryOfTheSmallestNetwork(t *testing.T) {
	d := open(t, networktest.WriteCountries(t, t.TempDir(), fewCountries))
	for _, tt := range []struct{ name, address, want string }{
		{"the first address of a network", "200.160.0.0", "BR"},
		{"the last address of a network", "200.160.15.255", "BR"},
		{"the address before a network", "200.159.255.255", ""},
		{"the address after a network", "200.160.16.0", ""},
		{"a network around another", "193.0.3.255", "NL"},
		{"a network within another", "193.0.4.0", "DE"},
		{"the rest of the network around another", "193.0.5.0", "NL"},
		{"a listed documentation network", "203.0.113.7", "JP"},
		{"a listed private network", "10.1.2.3", "US"},
		{"a network without a country", "198.51.100.1", ""},
		{"an IPv6 network", "2001:12ff::1", "BR"},
		{"another IPv6 network", "2001:67c:2e8:ffff::1", "NL"},
		{"an IPv6 address outside", "2001:67c:2e9::1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := netip.MustParseAddr(tt.address)
			assert.Equal(t, tt.want, d.Country(a))
			assert.Equal(t, tt.want, d.Country(a), "from the cache")
		})
	}
	assert.Empty(t, d.Country(netip.Addr{}))
	assert.Equal(t, int64(networktest.Epoch), d.Epoch())
}

func TestDatabaseSupportsTheCommonLayouts(t *testing.T) {
	iso := func(code string) mmdbtype.Map { return mmdbtype.Map{"iso_code": mmdbtype.String(code)} }
	for _, tt := range []struct {
		name   string
		record mmdbtype.DataType
		want   string
	}{
		{"GeoLite2: location", mmdbtype.Map{
			"continent":          mmdbtype.Map{"code": mmdbtype.String("EU")},
			"country":            mmdbtype.Map{"geoname_id": mmdbtype.Uint32(2921044), "iso_code": mmdbtype.String("DE"), "names": mmdbtype.Map{"en": mmdbtype.String("Germany")}},
			"registered_country": iso("US"),
		}, "DE"},
		{"GeoLite2: only the registration", mmdbtype.Map{"registered_country": iso("US")}, "US"},
		{"GeoLite2: a country without a code", mmdbtype.Map{"country": mmdbtype.Map{"geoname_id": mmdbtype.Uint32(1)}, "registered_country": iso("US")}, "US"},
		{"IPinfo lite: code and name", mmdbtype.Map{"country": mmdbtype.String("Germany"), "country_code": mmdbtype.String("DE")}, "DE"},
		{"IPinfo country: only the code", mmdbtype.Map{"country": mmdbtype.String("DE"), "country_name": mmdbtype.String("Germany")}, "DE"},
		{"a code in lower case", mmdbtype.Map{"country_code": mmdbtype.String("de")}, "DE"},
		{"a code of another type", mmdbtype.Map{"country_code": mmdbtype.Uint32(49), "country": iso("DE")}, "DE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, write(t, mmdbwriter.Options{}, map[string]mmdbtype.DataType{"193.0.0.0/21": tt.record}))
			assert.Equal(t, tt.want, d.Country(netip.MustParseAddr("193.0.0.1")))
		})
	}
}

func TestIPv4DatabaseHasNoCountryForIPv6Addresses(t *testing.T) {
	record := mmdbtype.Map{"country_code": mmdbtype.String("NL")}
	d := open(t, write(t, mmdbwriter.Options{IPVersion: 4}, map[string]mmdbtype.DataType{"193.0.0.0/21": record}))
	assert.Equal(t, "NL", d.Country(netip.MustParseAddr("193.0.0.1")))
	assert.Empty(t, d.Country(netip.MustParseAddr("2001:67c:2e8::1")))
}

func TestUnusableDatabaseIsAnError(t *testing.T) {
	dir := t.TempDir()
	good := networktest.WriteCountries(t, dir, fewCountries)
	content, err := os.ReadFile(good)
	require.NoError(t, err)
	for _, tt := range []struct {
		name string
		path string
		want string
	}{
		{"a missing file", filepath.Join(dir, "missing.mmdb"), "no such file"},
		{"a folder", dir, "is a directory"},
		{"an empty file", file(t, nil), "not a MaxMind DB file: "},
		{"a text file", file(t, []byte("1.2.3.0/24,DE\n")), "not a MaxMind DB file: "},
		{"a truncated file", file(t, content[:len(content)/2]), "not a MaxMind DB file: "},
		{"a database of providers", write(t, mmdbwriter.Options{DatabaseType: "GeoLite2-ASN"}, map[string]mmdbtype.DataType{
			"193.0.0.0/21": mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(3333)},
		}), `no network has a country; the database type is "GeoLite2-ASN"`},
		{"a database of country names", write(t, mmdbwriter.Options{DatabaseType: "Names"}, map[string]mmdbtype.DataType{
			"193.0.0.0/21": mmdbtype.Map{"country": mmdbtype.String("Netherlands")},
		}), `no network has a country; the database type is "Names"`},
		{"an empty database", write(t, mmdbwriter.Options{DatabaseType: "Empty"}, nil), `no network has a country; the database type is "Empty"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed, err := network.NewCountryFile(tt.path).Load()
			assert.False(t, changed)
			require.ErrorContains(t, err, tt.path)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// A file that is overwritten in place, as cp does, must not crash the program.
func TestDatabaseSurvivesTruncationOfItsFile(t *testing.T) {
	path := networktest.WriteCountries(t, t.TempDir(), fewCountries)
	d := open(t, path)
	require.NoError(t, os.Truncate(path, 0))
	assert.Equal(t, "BR", d.Country(netip.MustParseAddr("200.160.0.8")))
}

// Records that share an entry of the cache must not return each other's country.
func TestDatabaseWithMoreRecordsThanTheCache(t *testing.T) {
	records := map[string]mmdbtype.DataType{}
	for i := range 20_000 {
		text := string([]byte{'A' + byte(i%26), 'A' + byte(i/26%25)})
		records[addressOf(i).String()+"/32"] = mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(text)}, "number": mmdbtype.Uint32(i)}
	}
	d := open(t, write(t, mmdbwriter.Options{}, records))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 20_000 {
				want := string([]byte{'A' + byte(i%26), 'A' + byte(i/26%25)})
				assert.Equal(t, want, d.Country(addressOf(i)))
			}
		})
	}
	group.Wait()
}

func TestDatabaseDoesNotAllocateForCachedRecords(t *testing.T) {
	d := open(t, networktest.WriteCountries(t, t.TempDir(), fewCountries))
	for _, address := range []string{"200.160.0.8", "2001:12ff::1", "198.51.100.1", "8.8.8.8", "2001:db8::1"} {
		a := netip.MustParseAddr(address)
		d.Country(a)
		assert.Zero(t, testing.AllocsPerRun(100, func() { d.Country(a) }), address)
	}
}

func addressOf(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{193, byte(i >> 16), byte(i >> 8), byte(i)})
}

func open(tb testing.TB, path string) *network.Database {
	tb.Helper()
	f := network.NewCountryFile(path)
	changed, err := f.Load()
	require.NoError(tb, err)
	require.True(tb, changed)
	return f.Database()
}

func write(tb testing.TB, options mmdbwriter.Options, records map[string]mmdbtype.DataType) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), strings.ToLower(options.DatabaseType)+".mmdb")
	networktest.WriteDatabase(tb, path, options, records)
	return path
}

func file(tb testing.TB, content []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "file.mmdb")
	require.NoError(tb, os.WriteFile(path, content, 0o600))
	return path
}
