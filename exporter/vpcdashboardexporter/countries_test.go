// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

var somewhere = netip.MustParseAddr("8.8.8.8")

func TestCountriesAreTheBuiltInOnesWithoutADatabase(t *testing.T) {
	c := newCountries("", zap.NewNop())
	require.NoError(t, c.load())
	assert.Equal(t, "US", c.Country(somewhere))
	require.NoError(t, c.watch()(t.Context()))
}

func TestADatabaseThatIsReplacedIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "country.mmdb")
	write := func(content []byte, when time.Time) {
		require.NoError(t, os.WriteFile(path, content, 0o600))
		require.NoError(t, os.Chtimes(path, when, when))
	}
	database := func(country string) []byte {
		content, err := os.ReadFile(networktest.WriteCountries(t, t.TempDir(), "8.8.8.0/24\t"+country))
		require.NoError(t, err)
		return content
	}
	sweden, norway := database("SE"), database("NO")
	synctest.Test(t, func(t *testing.T) {
		core, logged := observer.New(zap.WarnLevel)
		write(sweden, start)
		c := newCountries(path, zap.New(core))
		require.NoError(t, c.load())
		stop := c.watch()
		assert.Equal(t, "SE", c.Country(somewhere))
		assert.Empty(t, c.Country(netip.MustParseAddr("1.1.1.1")))

		write(norway, start.Add(time.Second))
		time.Sleep(lookEvery - 1) //nolint:forbidigo // in a bubble, where it is the clock that is set
		assert.Equal(t, "SE", c.Country(somewhere))
		time.Sleep(2 * time.Nanosecond) //nolint:forbidigo // as above
		synctest.Wait()
		assert.Equal(t, "NO", c.Country(somewhere))

		write([]byte("garbage"), start.Add(2*time.Second))
		time.Sleep(10 * lookEvery) //nolint:forbidigo // as above
		synctest.Wait()
		assert.Equal(t, "NO", c.Country(somewhere), "the last good one stays")
		assert.Equal(t, 1, logged.Len(), "what is wrong is said once")
		require.NoError(t, stop(t.Context()))
	})
}
