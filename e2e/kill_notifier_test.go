// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKilledCollectorStillSendsQueuedAlerts kills a collector that waits for more alerts of a group. The next run must send
// the notification, once.
func TestKilledCollectorStillSendsQueuedAlerts(t *testing.T) {
	var notifications atomic.Int64
	webhook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var message alertmanagerMessage
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&message))
		if assert.Len(t, message.Alerts, 1) {
			assert.Equal(t, "external_reject_sweep", message.Alerts[0].Labels["rule"])
			assert.Equal(t, "203.0.113.7", message.Alerts[0].Labels["source"])
		}
		notifications.Add(1)
	}))
	t.Cleanup(webhook.Close)
	logs, state := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(logs, "flows.log"), []byte(
		"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"+
			sweepLines("203.0.113.7", 1736899200)), 0o600))
	run := func(groupWait string) (*process, string) {
		port := freePort(t)
		return launch(t, `
extensions: {file_storage: {directory: `+state+`}}
receivers: {vpc_flow: {files: {include: [`+logs+`/*.log], start_at: beginning, poll_interval: 20ms}, storage: file_storage}}
processors: {vpc_detection: {storage: file_storage, rules: {new_internal_peer: {enabled: false}}}}
exporters: {alert_notifier/e2e: {storage: file_storage, group_wait: `+groupWait+`, webhook_configs: [{url: "`+webhook.URL+`"}]}}
service:
  extensions: [file_storage]
  telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: localhost, port: `+port+`}}}}]}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [alert_notifier/e2e]}}`), port
	}
	waitForMetric := func(port, name string, isValue func(string) bool) {
		eventually(t, func() bool {
			response, err := http.Get("http://localhost:" + port + "/metrics") //nolint:noctx // the port may not be open yet
			if err != nil {
				return false
			}
			assert.NoError(t, response.Body.Close())
			for line := range strings.Lines(metrics(t, port)) {
				if value := line[strings.LastIndex(line, " ")+1:]; strings.HasPrefix(line, name) && isValue(strings.TrimSpace(value)) {
					return true
				}
			}
			return false
		})
	}

	isOne := func(value string) bool { return value == "1" }

	first, port := run("1h")
	waitForMetric(port, `otelcol_exporter_queue_size{data_type="logs",exporter="alert_notifier/e2e_webhook_0"`, func(bytes string) bool { return bytes != "0" })
	require.NoError(t, first.Process.Kill())
	require.Error(t, first.Wait())
	require.Zero(t, notifications.Load())

	second, port := run("10ms")
	eventually(t, func() bool { return notifications.Load() == 1 })
	waitForMetric(port, "vpc_flow_notifier_episodes_open", isOne)
	second.interrupt(t)

	third, port := run("10ms")
	waitForMetric(port, "vpc_flow_notifier_episodes_open", isOne)
	third.interrupt(t)
	require.EqualValues(t, 1, notifications.Load())
}
