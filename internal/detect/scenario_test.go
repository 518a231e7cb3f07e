// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/scenario"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// clock is later than the flows of all scenarios, except those that are in the future on purpose.
var clock = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// TestScenarios runs the engine on each worked example and compares the alerts with the expected ones. It also compares
// them with the model.
func TestScenarios(t *testing.T) {
	all, err := scenario.All("../../testdata/scenarios")
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			cfg := configOf(t, s)
			threats := threatsOf(t, s)
			var countries network.Countries
			if s.Countries != "" {
				table, err := scenario.ReadCountries(s.Countries)
				require.NoError(t, err)
				countries = table
			}
			flows := flowsOf(t, s.Flows)

			emitted := runEngine(t, cfg, threats, countries, flows)
			var all []*alert.Alert
			for _, alerts := range emitted {
				all = append(all, alerts...)
			}
			for _, difference := range scenario.Compare(s.Expect, all) {
				assert.Fail(t, difference)
			}
			if len(flows) <= 1000 { // the model needs seconds for more
				assert.Empty(t, disagreement(cfg, emitted, runModel(cfg, threats, countries, flows)))
			}
		})
	}
}

// configOf returns the defaults with the settings of a scenario.
func configOf(t *testing.T, s *scenario.Scenario) detect.Config {
	cfg := detect.DefaultConfig()
	conf := confmap.NewFromStringMap(s.Config)
	rules, err := conf.Sub("rules")
	require.NoError(t, err)
	conf.Delete("rules")
	require.NoError(t, conf.Unmarshal(&cfg))
	for id := range rules.ToStringMap() {
		settings, err := rules.Sub(id)
		require.NoError(t, err)
		set := cfg.Rules[id]
		require.NoError(t, settings.Unmarshal(&set), id)
		cfg.Rules[id] = set
	}
	return cfg
}

func threatsOf(t *testing.T, s *scenario.Scenario) []netip.Prefix {
	if s.Threats == "" {
		return nil
	}
	list, _, err := threatlist.ReadFile(s.Threats)
	require.NoError(t, err)
	return list
}

// flowsOf decodes a file. Invalid lines are skipped.
func flowsOf(t *testing.T, path string) []flow.Flow {
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return parseFlows(string(content))
}

func parseFlows(content string) (flows []flow.Flow) {
	var format *flow.Format
	for line := range strings.Lines(content) {
		line = strings.TrimRight(line, "\r\n")
		if header, ok := flow.ParseHeader(line); ok {
			format = header
			continue
		}
		var f flow.Flow
		if strings.TrimSpace(line) != "" && format.Flow(line, &f) == nil {
			flows = append(flows, f)
		}
	}
	return flows
}
