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

var external = netip.MustParseAddr("8.8.8.8")

func TestWithoutADatabaseTheBuiltInTableIsUsed(t *testing.T) {
	c := newCountries("", zap.NewNop())
	require.NoError(t, c.load())
	assert.Equal(t, "US", c.Country(external))
	require.NoError(t, c.watch()(t.Context()))
}

func TestAReplacedDatabaseIsReloaded(t *testing.T) {
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
		assert.Equal(t, "SE", c.Country(external))
		assert.Empty(t, c.Country(netip.MustParseAddr("1.1.1.1")))

		write(norway, start.Add(time.Second))
		time.Sleep(reloadInterval - 1) //nolint:forbidigo // the clock of a synctest bubble
		assert.Equal(t, "SE", c.Country(external))
		time.Sleep(2 * time.Nanosecond) //nolint:forbidigo // as above
		synctest.Wait()
		assert.Equal(t, "NO", c.Country(external))

		write([]byte("garbage"), start.Add(2*time.Second))
		time.Sleep(10 * reloadInterval) //nolint:forbidigo // as above
		synctest.Wait()
		assert.Equal(t, "NO", c.Country(external), "the last good database stays in use")
		assert.Equal(t, 1, logged.Len(), "each error is logged once")
		require.NoError(t, stop(t.Context()))
	})
}
