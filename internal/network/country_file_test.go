// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

var _ network.Countries = (*network.CountryFile)(nil)

func TestCountryFileLoadsTheFileWhenItHasChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "country.mmdb")
	noon := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	f := network.NewCountryFile(path)
	assert.Equal(t, path, f.Path())
	assert.Nil(t, f.Database())
	for i, step := range []struct {
		name    string
		content []byte // nil keeps the file
		changed bool
		wantErr string
		want    string
	}{
		{"no file", nil, false, "no such file", ""},
		{"no file again", nil, false, "", ""},
		{"a new file", countryDatabase(t, "SE"), true, "", "SE"},
		{"the same file", nil, false, "", "SE"},
		{"another file", countryDatabase(t, "NO"), true, "", "NO"},
		{"an invalid file", []byte("garbage"), false, "not a MaxMind DB file", "NO"},
		{"the same invalid file", nil, false, "", "NO"},
		{"a valid file again", countryDatabase(t, "FI"), true, "", "FI"},
	} {
		if step.content != nil {
			modified := noon.Add(time.Duration(i) * time.Second)
			require.NoError(t, os.WriteFile(path, step.content, 0o600))
			require.NoError(t, os.Chtimes(path, modified, modified))
		}
		changed, err := f.Load()
		assert.Equal(t, step.changed, changed, step.name)
		if step.wantErr == "" {
			require.NoError(t, err, step.name)
		} else {
			require.ErrorContains(t, err, step.wantErr, step.name)
		}
		assert.Equal(t, step.want, f.Country(netip.MustParseAddr("8.8.8.8")), step.name)
	}
}

// countryDatabase returns the content of a database in which 8.8.8.0/24 has the country.
func countryDatabase(t *testing.T, country string) []byte {
	t.Helper()
	content, err := os.ReadFile(networktest.WriteCountries(t, t.TempDir(), "8.8.8.0/24\t"+country))
	require.NoError(t, err)
	return content
}
