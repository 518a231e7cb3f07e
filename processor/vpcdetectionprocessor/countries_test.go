// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func TestCountriesComeFromTheUsersDatabase(t *testing.T) {
	const text = "rules: {unusual_country: {learning_period: 0s}}"
	flows := decoded(line("10.0.0.5", 50000, "8.8.8.8", 443, 0, "ACCEPT"))
	countries := func(yaml string) (list []string) {
		sink := new(consumertest.LogsSink)
		require.NoError(t, start(t, configOf(t, yaml), sink).ConsumeLogs(t.Context(), flows))
		for _, a := range told(t, sink) {
			assert.Equal(t, alert.Opened, a.Status)
			list = append(list, a.DestinationCountry)
		}
		return list
	}
	assert.Equal(t, []string{"US"}, countries(text), "the built-in table")
	database := networktest.WriteCountries(t, t.TempDir(), "8.8.8.0/24\tSE\n")
	assert.Equal(t, []string{"SE"}, countries(fmt.Sprintf("{geoip: {database: %q}, %s}", database, text)))
	database = networktest.WriteCountries(t, t.TempDir(), "192.0.2.0/24\tSE\n")
	assert.Empty(t, countries(fmt.Sprintf("{geoip: {database: %q}, %s}", database, text)), "a network of no known country")
}
