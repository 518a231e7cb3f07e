// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCollectorsShareAccountsWithoutMissingAlerts splits the ten attempts of each account's sweep into two files. A detector
// reports a sweep only if it gets the attempts from both files.
func TestCollectorsShareAccountsWithoutMissingAlerts(t *testing.T) {
	logs, alerts := t.TempDir(), t.TempDir()
	const accounts = 12
	files := [2]string{}
	for n := range accounts {
		lines := strings.ReplaceAll(sweepLines("203.0.113.7", 1736899200), "123456789012", account(n))
		middle := strings.Index(lines, "10.0.4.6 ")
		middle = strings.LastIndexByte(lines[:middle], '\n') + 1
		files[0], files[1] = files[0]+lines[:middle], files[1]+lines[middle:]
	}
	for n, lines := range files {
		require.NoError(t, os.WriteFile(filepath.Join(logs, fmt.Sprint(n, ".log")), []byte(lines), 0o600))
	}
	var (
		endpoints []string
		running   []*process
	)
	detector, err := os.ReadFile("../config/detector.yaml")
	require.NoError(t, err)
	for n := range 2 {
		endpoint := "localhost:" + freePort(t)
		endpoints = append(endpoints, endpoint)
		t.Setenv("LISTEN", endpoint)
		t.Setenv("STATE_DIR", t.TempDir())
		t.Setenv("OTLP_ENDPOINT", "http://localhost:1")
		running = append(running, launch(t, string(detector), "--config", `yaml:
exporters: {file: {path: `+filepath.Join(alerts, fmt.Sprint(n))+`, flush_interval: 10ms}}
service: {telemetry: {metrics: {level: none}}, pipelines: {logs/alerts: {exporters: [file]}}}`))
	}
	front, err := os.ReadFile("../config/scale.yaml")
	require.NoError(t, err)
	t.Setenv("DETECTORS", "["+strings.Join(endpoints, ", ")+"]")
	t.Setenv("STATE_DIR", t.TempDir())
	running = append(running, launch(t, string(front), "--config", "yaml:receivers::vpc_flow::files::include: ['"+logs+"/*.log']",
		"--config", "yaml:service::telemetry::metrics::level: none"))
	alertsOf := func(n, detector int) int {
		text, _ := os.ReadFile(filepath.Join(alerts, fmt.Sprint(detector)))
		return strings.Count(string(text), `{"key":"vpc_flow.alert.scope","value":{"stringValue":"`+account(n)+`"}}`)
	}
	for n := range accounts {
		require.Eventually(t, func() bool { return alertsOf(n, 0)+alertsOf(n, 1) > 0 }, 30*time.Second, 20*time.Millisecond, account(n))
	}
	for _, collector := range running {
		collector.interrupt(t)
	}
	shares := [2]int{}
	for n := range accounts {
		assert.Equal(t, 1, alertsOf(n, 0)+alertsOf(n, 1), account(n))
		shares[0], shares[1] = shares[0]+alertsOf(n, 0), shares[1]+alertsOf(n, 1)
	}
	assert.NotZero(t, shares[0])
	assert.NotZero(t, shares[1])
}

func account(n int) string { return fmt.Sprintf("1234567890%02d", n) }
