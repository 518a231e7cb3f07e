// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
)

func TestTheAllowlistEntryIsOneThatDetectionTakes(t *testing.T) {
	for _, e := range episodes(fullStore().episodes) {
		text, err := e.allowlist()
		require.NoError(t, err)
		var tree map[string]map[string]map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &tree), text)

		config := vpcdetectionprocessor.NewFactory().CreateDefaultConfig()
		require.NoError(t, confmap.NewFromStringMap(tree["processors"]["vpc_detection"]).Unmarshal(config), text)
		require.NoError(t, config.(*vpcdetectionprocessor.Config).Validate(), text)
	}
}

func TestTheAllowlistEntryHoldsWhatTheAlertIsSureOf(t *testing.T) {
	address := netip.MustParseAddr
	for name, c := range map[string]struct {
		change func(*alert.Alert)
		want   string
	}{
		"source and ports that are many": {func(*alert.Alert) {}, `
          - source: 10.20.1.1
            protocol: tcp
            account: "111122223333"
`},
		"one destination and one port": {func(a *alert.Alert) {
			a.Destination, a.DestinationPort, a.DestinationCountry = address("2001:db8::1"), 22, "DE"
		}, `
          - source: 10.20.1.1
            destination: 2001:db8::1
            port: "22"
            protocol: tcp
            account: "111122223333"
`},
		"a list of one": {func(a *alert.Alert) { a.Destinations = a.Destinations[:1] }, `
          - source: 10.20.1.1
            destination: 10.20.2.20
            protocol: tcp
            account: "111122223333"
`},
		"a list of one where another is cut": {func(a *alert.Alert) { a.Destinations, a.Truncated = a.Destinations[:1], true }, `
          - source: 10.20.1.1
            destination: 10.20.2.20
            protocol: tcp
            account: "111122223333"
`},
		"only a country": {func(a *alert.Alert) {
			a.Source, a.DestinationCountry, a.Account, a.Transport = netip.Addr{}, "JP", "", ""
		}, `
          - country: JP
`},
		"texts that somebody made up": {func(a *alert.Alert) {
			a.Account, a.Transport, a.DestinationCountry = "x\n- evil", "tcp}", "ja"
		}, `
          - source: 10.20.1.1
`},
	} {
		t.Run(name, func(t *testing.T) {
			e := fullStore().episodes[0]
			c.change(&e.Alert)
			text, err := episode{e}.allowlist()
			require.NoError(t, err)
			assert.Equal(t, "processors:\n  vpc_detection:\n    rules:\n      rejected_internal_scan:\n        ignore:"+
				c.want+"            reason: say here why this is expected\n            expires: \"2026-06-08\"\n", text)
		})
	}
}

func TestThereIsNoAllowlistEntryWithoutAnythingToMatch(t *testing.T) {
	for name, change := range map[string]func(*alert.Alert){
		"no address":             func(a *alert.Alert) { a.Source = netip.Addr{} },
		"a rule that is no name": func(a *alert.Alert) { a.Rule = "x: {}\n" },
	} {
		e := fullStore().episodes[0]
		change(&e.Alert)
		text, err := episode{e}.allowlist()
		require.NoError(t, err)
		assert.Empty(t, text, name)
	}
}
