// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package allowlist_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
)

// testAlert returns an alert with one source, two destinations and several ports.
func testAlert(rule string) *alert.Alert {
	return &alert.Alert{
		UID: "1", Rule: rule, Time: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC).Unix(), Account: "111122223333", Transport: "tcp",
		Source:           netip.MustParseAddr("10.20.1.1"),
		Destinations:     []netip.Addr{netip.MustParseAddr("10.20.2.20"), netip.MustParseAddr("10.20.2.21")},
		DestinationPorts: []uint16{22, 443, 60_001},
	}
}

func TestDetectionAcceptsTheEntry(t *testing.T) {
	for _, rule := range detect.Rules {
		text, err := allowlist.Entry(testAlert(rule.ID))
		require.NoError(t, err)
		var tree map[string]map[string]map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &tree), text)

		config := vpcdetectionprocessor.NewFactory().CreateDefaultConfig()
		require.NoError(t, confmap.NewFromStringMap(tree["processors"]["vpc_detection"]).Unmarshal(config), text)
		require.NoError(t, config.(*vpcdetectionprocessor.Config).Validate(), text)
	}
}

func TestTheEntryHasAllUniqueFieldsOfTheAlert(t *testing.T) {
	address := netip.MustParseAddr
	for name, c := range map[string]struct {
		change func(*alert.Alert)
		want   string
	}{
		"a source and several ports": {func(*alert.Alert) {}, `
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
		"a list of one in a truncated alert": {func(a *alert.Alert) { a.Destinations, a.Truncated = a.Destinations[:1], true }, `
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
		"invalid texts": {func(a *alert.Alert) {
			a.Account, a.Transport, a.DestinationCountry = "x\n- evil", "tcp}", "ja"
		}, `
          - source: 10.20.1.1
`},
	} {
		t.Run(name, func(t *testing.T) {
			a := testAlert("rejected_internal_scan")
			c.change(a)
			text, err := allowlist.Entry(a)
			require.NoError(t, err)
			assert.Equal(t, "processors:\n  vpc_detection:\n    rules:\n      rejected_internal_scan:\n        ignore:"+
				c.want+"            reason: explain here why this traffic is expected\n            expires: \"2026-06-08\"\n", text)
		})
	}
}

func TestThereIsNoEntryWithoutAnythingToMatch(t *testing.T) {
	for name, change := range map[string]func(*alert.Alert){
		"no address":         func(a *alert.Alert) { a.Source = netip.Addr{} },
		"an invalid rule id": func(a *alert.Alert) { a.Rule = "x: {}\n" },
	} {
		a := testAlert("rejected_internal_scan")
		change(a)
		text, err := allowlist.Entry(a)
		require.NoError(t, err)
		assert.Empty(t, text, name)
	}
}
