// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
	"github.com/vpcflow/otelcol-vpcflow/internal/scenario"
)

// Each scenario passes through the processor as log records in batches of random size. The alerts are read from the
// emitted log records.
func TestScenarios(t *testing.T) {
	all, err := scenario.All(filepath.Join("..", "..", "testdata", "scenarios"))
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			text, err := os.ReadFile(s.Flows)
			require.NoError(t, err)
			cfg := scenarioConfig(t, s)
			for name, batches := range map[string][]plog.Logs{
				"records":         records(flowotlp.EmitAttributes, string(text), rand.New(rand.NewPCG(1, 2))),
				"blocks of lines": records(flowotlp.EmitBlocks, string(text), rand.New(rand.NewPCG(5, 6))),
				"lines in bodies": bodies(string(text), rand.New(rand.NewPCG(3, 4))),
			} {
				sink := new(consumertest.LogsSink)
				d := start(t, cfg, sink)
				for _, logs := range batches {
					require.NoError(t, d.ConsumeLogs(t.Context(), logs))
				}
				for _, difference := range scenario.Compare(s.Expect, alertsIn(t, sink)) {
					assert.Fail(t, difference, name)
				}
			}
		})
	}
}

// scenarioConfig decodes a scenario's configuration as the Collector decodes a user's.
func scenarioConfig(t *testing.T, s *scenario.Scenario) *Config {
	t.Helper()
	given := maps.Clone(s.Config)
	if given == nil {
		given = map[string]any{}
	}
	if s.Threats != "" {
		given["threat_lists"] = []any{map[string]any{"name": "test", "path": s.Threats}}
	}
	countries := "192.0.2.0/24\tSE\n" // not in the scenarios, so their addresses have no country
	if s.Countries != "" {
		text, err := os.ReadFile(s.Countries)
		require.NoError(t, err)
		countries = string(text)
	}
	given["geoip"] = map[string]any{"database": networktest.WriteCountries(t, t.TempDir(), countries)}
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, confmap.NewFromStringMap(given).Unmarshal(cfg))
	require.NoError(t, cfg.Validate())
	return cfg
}

// blocks splits a text into blocks of one to a thousand lines.
func blocks(text string, random *rand.Rand) (all []string) {
	lines := strings.SplitAfter(text, "\n")
	for len(lines) > 0 {
		n := min(1+random.IntN(1000), len(lines))
		if random.IntN(2) == 0 {
			n = min(1+random.IntN(5), n)
		}
		all = append(all, strings.Join(lines[:n], ""))
		lines = lines[n:]
	}
	return all
}

// records returns the log records that the receiver decodes from a file.
func records(emit flowotlp.Emit, text string, random *rand.Rand) (batches []plog.Logs) {
	decoder := flowotlp.Decoder{Scope: flowotlp.Scope{Name: "github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"}, Emit: emit}
	var format *flow.Format
	for _, block := range blocks(text, random) {
		logs, _, next := decoder.Decode(format, "", []byte(block), 0)
		format = next
		batches = append(batches, logs)
	}
	return batches
}

// bodies returns the log records that file_log reads from a file.
func bodies(text string, random *rand.Rand) (batches []plog.Logs) {
	for _, block := range blocks(text, random) {
		batches = append(batches, inBodies(strings.Split(block, "\n")...))
	}
	return batches
}

func TestBatchBoundariesDoNotChangeTheAlerts(t *testing.T) {
	text := mixedTraffic(10)
	var want []string
	emits := []flowotlp.Emit{flowotlp.EmitAttributes, flowotlp.EmitLines, flowotlp.EmitBlocks}
	for seed := range uint64(6) {
		sink := new(consumertest.LogsSink)
		d := start(t, configOf(t, "{emit_resolved: true, rules: {new_internal_peer: {learning_period: 0s}}}"), sink)
		for _, logs := range records(emits[seed%3], flow.Default.String()+"\n"+text, rand.New(rand.NewPCG(seed, 0))) {
			require.NoError(t, d.ConsumeLogs(t.Context(), logs))
		}
		var got []string
		for _, a := range alertsIn(t, sink) {
			got = append(got, fmt.Sprintf("%s %s %s %d", a.UID, a.Status, a.Body, a.Time))
		}
		require.NotEmpty(t, got)
		if seed == 0 {
			want = got
		}
		assert.Equal(t, want, got, "seed %d", seed)
	}
}
