// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// attackLines writes attempts of many sources on 17 ports each, which are too few to alert. After half of them, the scanner
// tries 30 ports.
func attackLines(t *testing.T, path, network, scanner string, sources, start int) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	out := bufio.NewWriter(file)
	fmt.Fprintln(out, "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status")
	attempts := func(source string, ports, at int) {
		for port := range ports {
			fmt.Fprintf(out, "2 123456789012 eni-0a1b2c3d4e5f60718 %s 10.0.4.1 50000 %d 6 1 60 %d %d REJECT OK\n", source, 1000+port, at, at)
		}
	}
	for n := range sources {
		at := start + n*60/sources
		if n == sources/2 {
			attempts(scanner, 30, at)
		}
		attempts(fmt.Sprintf("%s.%d.%d", network, n>>8, n&255), 17, at)
	}
	require.NoError(t, out.Flush())
	require.NoError(t, file.Close())
}

// TestFloodCannotStopTheCollector floods a collector with a memory_limiter with the state of many sources. It must find a scan
// during the flood, and still accept records after a restart with the saved state.
func TestFloodCannotStopTheCollector(t *testing.T) {
	logs, state, port := t.TempDir(), t.TempDir(), freePort(t)
	alerts := filepath.Join(t.TempDir(), "alerts.jsonl")
	run := func() *process {
		return launch(t, `
extensions: {file_storage: {directory: `+state+`}}
receivers: {vpc_flow: {files: {include: [`+logs+`/*.log], start_at: beginning, poll_interval: 20ms}, storage: file_storage, emit: lines}}
processors:
  memory_limiter: {check_interval: 100ms, limit_mib: 210, spike_limit_mib: 20}
  vpc_detection: {storage: file_storage, checkpoint_interval: 1s}
exporters: {file: {path: `+alerts+`, append: true, flush_interval: 10ms}}
service:
  extensions: [file_storage]
  telemetry: {logs: {level: info}, metrics: {readers: [{pull: {exporter: {prometheus: {host: localhost, port: `+port+`}}}}]}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [memory_limiter, vpc_detection], exporters: [file]}}`)
	}
	isFound := func(scanner string) func() bool {
		return func() bool {
			text, _ := os.ReadFile(alerts)
			return strings.Contains(string(text), scanner)
		}
	}
	attackLines(t, filepath.Join(logs, "a.log"), "20.1", "203.0.113.7", 60_000, 1736899200)
	first := run()
	require.Eventually(t, isFound("203.0.113.7"), time.Minute, 50*time.Millisecond, "a scan during the flood")
	evicted := func() bool {
		return strings.Contains(metrics(t, port), `vpc_flow_state_memory_limit`) && evictedKeys(t, port) > 0
	}
	require.Eventually(t, evicted, time.Minute, 50*time.Millisecond, "the state is bounded")
	first.interrupt(t)

	attackLines(t, filepath.Join(logs, "b.log"), "20.2", "203.0.113.8", 2000, 1736899300)
	second := run()
	require.Eventually(t, isFound("203.0.113.8"), time.Minute, 50*time.Millisecond, "records are accepted after a restart")
	second.interrupt(t)
}

// evictedKeys returns the value of vpc_flow.keys.evicted of external_port_scan.
func evictedKeys(t *testing.T, port string) (keys float64) {
	t.Helper()
	for line := range strings.Lines(metrics(t, port)) {
		if strings.HasPrefix(line, "vpc_flow_keys_evicted{") && strings.Contains(line, `rule="external_port_scan"`) {
			_, value, _ := strings.Cut(line, "} ")
			_, err := fmt.Sscan(value, &keys)
			require.NoError(t, err)
		}
	}
	return keys
}
