// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/plogtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

var update = flag.Bool("update", false, "write the golden files again, for review")

// Each folder in testdata is a case: the input, the configuration unless it is the default, and the alerts.
func TestAlertsMatchTheGoldenFiles(t *testing.T) {
	inputs, err := filepath.Glob(filepath.Join("testdata", "*", "input.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, inputs)
	for _, path := range inputs {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			cfg := caseConfig(t, dir)
			input, err := golden.ReadLogs(path)
			require.NoError(t, err)
			sink := new(consumertest.LogsSink)
			require.NoError(t, start(t, cfg, sink).ConsumeLogs(t.Context(), input))
			got := plog.NewLogs()
			for _, logs := range sink.AllLogs() {
				logs.ResourceLogs().MoveAndAppendTo(got.ResourceLogs())
			}

			expected := filepath.Join(dir, "expected.yaml")
			if *update {
				require.NoError(t, golden.WriteLogsToFile(expected, got))
			}
			want, err := golden.ReadLogs(expected)
			require.NoError(t, err)
			assert.NoError(t, plogtest.CompareLogs(want, got))

			cfg.ForwardFlows = true
			checkForwarding(t, cfg, input, want)
		})
	}
}

func caseConfig(t *testing.T, dir string) *Config {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	return configOf(t, string(text))
}

// checkForwarding checks that the records leave unchanged, followed by the alerts.
func checkForwarding(t *testing.T, cfg *Config, input, alerts plog.Logs) {
	t.Helper()
	came := plog.NewLogs()
	input.CopyTo(came)
	sink := new(consumertest.LogsSink)
	require.NoError(t, start(t, cfg, sink).ConsumeLogs(t.Context(), came))
	left := sink.AllLogs()
	require.NotEmpty(t, left)
	assert.NoError(t, plogtest.CompareLogs(input, left[0]), "the records are unchanged")
	if alerts.LogRecordCount() == 0 {
		assert.Len(t, left, 1)
		return
	}
	require.Len(t, left, 2)
	assert.NoError(t, plogtest.CompareLogs(alerts, left[1]), "the alerts are the same as without forwarding")
}

func TestGoldenFoldersOfRulesHaveAlertsOfTheRule(t *testing.T) {
	for _, rule := range detect.Rules {
		if _, err := os.Stat(filepath.Join("testdata", rule.ID)); err != nil {
			continue // testdata/scenarios has the flows of every rule
		}
		alerts, err := golden.ReadLogs(filepath.Join("testdata", rule.ID, "expected.yaml"))
		require.NoError(t, err)
		sink := new(consumertest.LogsSink)
		require.NoError(t, sink.ConsumeLogs(t.Context(), alerts))
		var rules []string
		for _, a := range alertsIn(t, sink) {
			rules = append(rules, a.Rule)
		}
		assert.Contains(t, rules, rule.ID)
	}
}

func TestProcessorDoesNotChangeItsInput(t *testing.T) {
	input := decoded(dnsOverTCP(5, 0), dnsOverTCP(6, 1))
	before := plog.NewLogs()
	input.CopyTo(before)
	input.MarkReadOnly() // changing it would panic
	require.NoError(t, start(t, configOf(t, "{}"), consumertest.NewNop()).ConsumeLogs(t.Context(), input))
	assert.NoError(t, plogtest.CompareLogs(before, input))
}
