// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func write(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestThreatListGivesAlertsItsNameAndSeverity(t *testing.T) {
	sink := new(consumertest.LogsSink)
	d := start(t, configOf(t, fmt.Sprintf(`
threat_lists:
  - {name: grave, path: %q, severity: critical, category: botnet}
  - {name: plain, path: %q}
`, write(t, "grave.txt", "130.239.200.66\n"), write(t, "plain.txt", "130.239.200.0/24\n"))), sink)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(
		line("10.0.0.5", 50000, "130.239.200.66", 443, 0, "ACCEPT"),
		line("10.0.0.5", 50000, "130.239.200.67", 443, 0, "ACCEPT"),
		line("10.0.0.5", 50000, "130.239.200.68", 443, 0, "REJECT"),
		line("10.0.0.5", 50000, "130.239.201.1", 443, 0, "ACCEPT"),
	)))
	alerts := told(t, sink)
	var got []string
	for _, a := range alerts {
		got = append(got, fmt.Sprintf("%s %s %s", a.Indicator, a.Feed, a.Severity))
	}
	assert.Equal(t, []string{
		"130.239.200.66 grave critical", // the narrower entry
		"130.239.200.67 plain high",     // the rule's own severities
		"130.239.200.68 plain medium",
	}, got)
	assert.Contains(t, alerts[0].Body, "threat list grave (botnet)")
}

func TestThreatListEntriesThatAreRefusedAreNamedInTheLog(t *testing.T) {
	core, logged := observer.New(zap.InfoLevel)
	mixed := write(t, "mixed.txt", "# comment\n192.0.2.1\nexample.com\n0.0.0.0/0\n")
	empty := write(t, "empty.txt", "")
	threats, err := loadThreats([]ThreatList{{Name: "mixed", Path: mixed}, {Name: "empty", Path: empty}}, zap.New(core))
	require.NoError(t, err)
	assert.Equal(t, 1, threats.Len())

	var got []string
	for _, entry := range logged.All() {
		text := entry.Level.String() + ": " + entry.Message
		if why, ok := entry.ContextMap()["error"]; ok {
			text += fmt.Sprint(": ", why)
		}
		got = append(got, text)
	}
	assert.Equal(t, []string{
		"warn: threat list entry passed over: " + mixed + `:3: "example.com" is neither an address nor a CIDR`,
		"warn: threat list entry passed over: " + mixed + `:4: "0.0.0.0/0" is wider than /8`,
		"info: threat list loaded",
		"warn: threat list has no usable entry",
		"info: threat list loaded",
	}, got)
	loaded := logged.FilterMessage("threat list loaded").All()[0].ContextMap()
	assert.Equal(t, map[string]any{"list": "mixed", "entries": int64(1), "refused": int64(2)}, loaded)
}

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
