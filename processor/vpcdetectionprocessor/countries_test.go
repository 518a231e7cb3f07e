// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func TestCountriesComeFromTheConfiguredDatabase(t *testing.T) {
	const text = "rules: {unusual_country: {learning_period: 0s}}"
	flows := decoded(line("10.0.0.5", 50000, "8.8.8.8", 443, 0, "ACCEPT"))
	countries := func(yaml string) (list []string) {
		sink := new(consumertest.LogsSink)
		require.NoError(t, start(t, configOf(t, yaml), sink).ConsumeLogs(t.Context(), flows))
		for _, a := range alertsIn(t, sink) {
			assert.Equal(t, alert.Opened, a.Status)
			list = append(list, a.DestinationCountry)
		}
		return list
	}
	assert.Equal(t, []string{"US"}, countries(text), "the built-in table")
	database := networktest.WriteCountries(t, t.TempDir(), "8.8.8.0/24\tSE\n")
	assert.Equal(t, []string{"SE"}, countries(fmt.Sprintf("{geoip: {database: %q}, %s}", database, text)))
	database = networktest.WriteCountries(t, t.TempDir(), "192.0.2.0/24\tSE\n")
	assert.Empty(t, countries(fmt.Sprintf("{geoip: {database: %q}, %s}", database, text)), "an address without a country")
}

func TestCountryDatabaseIsReloadedWhenItChanges(t *testing.T) {
	const (
		built    = networktest.Epoch
		alertsIn = "unusual_country 198.18.%d.1 %s"
	)
	dir := t.TempDir()
	path := networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tSE\n", built)
	m := newHarness(t, fmt.Sprintf("{geoip: {database: %q}, rules: {unusual_country: {learning_period: 0s}}}", path)).run()
	assert.Equal(t, []string{fmt.Sprintf(alertsIn, 0, "SE")}, m.consume(outbound(1, "198.18.0.1")))

	// One of the networks in Sweden moves to Norway. A network without a country gets one.
	networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tSE\n198.18.1.0/24\tNO\n198.19.0.0/16\tJP\n", built+1)
	assert.Empty(t, m.consume(outbound(1, "198.18.1.1")), "before the reload")
	m.tick(0)
	assert.Equal(t, []string{"info: country database reloaded file=" + path}, m.messages())
	assert.Empty(t, m.consume(outbound(1, "198.18.1.1")), "the prefix is in another country in the former database")
	assert.Equal(t, int64(1), m.suppressed("unusual_country", "database_change"))
	assert.Empty(t, m.consume(outbound(1, "198.18.1.1")), "the country is known from then on")
	assert.Equal(t, []string{"unusual_country 198.19.0.1 JP"}, m.consume(outbound(1, "198.19.0.1")), "the former database has no country")

	// A network that moves twice within a day is learned without an alert, too.
	networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tSE\n198.18.1.0/24\tNO\n198.18.2.0/24\tFI\n", built+2)
	m.tick(time.Hour)
	networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tSE\n198.18.2.0/24\tFI\n198.18.4.0/24\tIS\n198.18.5.0/24\tGL\n", built+3)
	m.tick(time.Hour)
	assert.Empty(t, m.consume(outbound(1, "198.18.2.1")), "as in an earlier database")

	m.tick(24*time.Hour - time.Second)
	assert.Empty(t, m.consume(outbound(1, "198.18.5.1")), "a second before the grace period ends")
	m.tick(time.Second)
	assert.Equal(t, []string{fmt.Sprintf(alertsIn, 4, "IS")}, m.consume(outbound(1, "198.18.4.1")), "after the grace period")
}

func TestCountryDatabaseOfTheSameBuildHasNoGracePeriod(t *testing.T) {
	dir := t.TempDir()
	path := networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tSE\n", networktest.Epoch)
	r := newHarness(t, fmt.Sprintf("{geoip: {database: %q}, rules: {unusual_country: {learning_period: 0s}}}", path)).run()
	networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tNO\n198.19.0.0/16\tSE\n", networktest.Epoch)
	r.tick(0)
	assert.Equal(t, []string{"unusual_country 198.18.0.1 NO"}, r.consume(outbound(1, "198.18.0.1")))
}

func TestInvalidCountryDatabaseDoesNotReplaceTheLastOne(t *testing.T) {
	dir := t.TempDir()
	path := networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tSE\n", networktest.Epoch)
	r := newHarness(t, fmt.Sprintf("{geoip: {database: %q}, rules: {unusual_country: {learning_period: 0s}}}", path)).run()
	rewrite(t, path, "broken")
	r.tick(0)
	r.tick(0)
	messages := r.messages()
	require.Len(t, messages, 1, "logged once")
	assert.Contains(t, messages[0], "warn: fail to reload country database; the last one stays in use error=country database "+path+": not a MaxMind DB file")
	require.NoError(t, os.Remove(path))
	r.tick(0)
	assert.Contains(t, r.messages()[0], "no such file")
	assert.Equal(t, []string{"unusual_country 198.18.0.1 SE"}, r.consume(outbound(1, "198.18.0.1")))
}

func TestNumberOfFormerDatabasesIsBounded(t *testing.T) {
	dir := t.TempDir()
	path := networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tSE\n", networktest.Epoch)
	r := newHarness(t, fmt.Sprintf("geoip: {database: %q}", path))
	c, err := newCountries(path, r.clock, zap.NewNop(), nil)
	require.NoError(t, err)
	var held []int
	c.update = func(_ network.Countries, former ...network.Countries) { held = append(held, len(former)) }
	for n := range 6 {
		networktest.WriteCountriesAt(t, dir, "198.18.0.0/16\tSE\n", networktest.Epoch+1+int64(n))
		c.reload()
	}
	c.reload()
	r.pass(24 * time.Hour)
	c.reload()
	c.reload()
	assert.Equal(t, []int{1, 2, 3, 4, 4, 4, 0}, held)
}
