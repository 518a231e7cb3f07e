// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRestartNeitherLosesNorRepeatsAlerts(t *testing.T) {
	logs, state, alerts := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "alerts.jsonl")
	const header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
	path := filepath.Join(logs, "flows.log")
	write := func(text string) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		_, err = f.WriteString(text)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	sources := func() (found []string) {
		text, err := os.ReadFile(alerts)
		if err != nil {
			return nil
		}
		for _, source := range []string{"203.0.113.7", "203.0.113.8", "203.0.113.9"} {
			for range strings.Count(string(text), `{"key":"source.address","value":{"stringValue":"`+source+`"}}`) {
				found = append(found, source)
			}
		}
		return found
	}
	waitForSources := func(want ...string) {
		require.Eventually(t, func() bool { return len(sources()) >= len(want) }, 30*time.Second, 20*time.Millisecond)
		require.Equal(t, want, sources())
	}

	write(header + sweepLines("203.0.113.7", 1736899200))
	first := launchOnFiles(t, logs, state, alerts)
	waitForSources("203.0.113.7")
	first.interrupt(t)

	write(sweepLines("203.0.113.8", 1736899300)) // while no collector runs; the header with the format has already been read
	second := launchOnFiles(t, logs, state, alerts)
	waitForSources("203.0.113.7", "203.0.113.8")
	write(sweepLines("203.0.113.9", 1736899400))
	waitForSources("203.0.113.7", "203.0.113.8", "203.0.113.9")
	second.interrupt(t)
}

// launchOnFiles starts the collector on a folder of flow logs. It stores its state in a folder and writes alerts to a file.
func launchOnFiles(t *testing.T, logs, state, alerts string) *process {
	t.Helper()
	return launch(t, `
extensions: {file_storage: {directory: `+state+`}}
receivers: {vpc_flow: {files: {include: [`+logs+`/*.log], start_at: beginning, poll_interval: 20ms}, storage: file_storage}}
processors: {vpc_detection: {rules: {new_internal_peer: {enabled: false}}}}
exporters: {file: {path: `+alerts+`, append: true, flush_interval: 10ms}}
service:
  extensions: [file_storage]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [file]}}`)
}

// sweepLines returns ten rejected attempts on ten hosts, which cause one alert of external_reject_sweep.
func sweepLines(source string, start int) (lines string) {
	for host := range 10 {
		t := strconv.Itoa(start + host)
		lines += "2 123456789012 eni-0a1b2c3d4e5f60718 " + source + " 10.0.4." + strconv.Itoa(host+1) + " 50000 443 6 1 60 " + t + " " + t + " REJECT OK\n"
	}
	return lines
}
