// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
	"github.com/vpcflow/otelcol-vpcflow/internal/scenario"
)

// TestScenariosThroughReceiverAndProcessor reads the files of all scenarios with the receiver and the processor.
func TestScenariosThroughReceiverAndProcessor(t *testing.T) {
	all, err := scenario.All("../testdata/scenarios")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 28)
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			given := scenarioConfig(t, s)
			for _, emit := range emitModes {
				alerts := newSink()
				detection := startDetection(t, maps.Clone(given), alerts)
				if records := recordsIn(t, s.Flows, emit); records > 0 {
					receive(t, s.Flows, emit, records, detection)
				}
				require.NoError(t, detection.Shutdown(t.Context()))
				for _, difference := range scenario.Compare(s.Expect, alerts.all()) {
					assert.Fail(t, difference, emit)
				}
			}
		})
	}
}

func scenarioConfig(t *testing.T, s *scenario.Scenario) map[string]any {
	t.Helper()
	given := map[string]any{}
	maps.Copy(given, s.Config)
	if s.Threats != "" {
		given["threat_lists"] = []any{map[string]any{"name": "test", "path": s.Threats}}
	}
	if s.Countries != "" {
		text, err := os.ReadFile(s.Countries)
		require.NoError(t, err)
		given["geoip"] = map[string]any{"database": networktest.WriteCountries(t, t.TempDir(), string(text))}
	}
	return given
}

// recordsIn returns the number of records that the receiver makes of a file.
func recordsIn(t *testing.T, path, emit string) int64 {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	emits := map[string]flowotlp.Emit{"attributes": flowotlp.EmitAttributes, "lines": flowotlp.EmitLines, "blocks": flowotlp.EmitBlocks}
	_, counts, _ := flowotlp.Decoder{Emit: emits[emit]}.Decode(flow.Default, "", text, 0)
	return int64(counts.Records)
}
