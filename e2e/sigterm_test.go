// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestCollectorEndsWithinTenSecondsOfSIGTERM ends a collector whose destination misbehaves while alerts are queued.
func TestCollectorEndsWithinTenSecondsOfSIGTERM(t *testing.T) {
	logs := t.TempDir()
	text := "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
	for i := range 200 {
		text += sweepLines(fmt.Sprintf("203.0.113.%d", i), 1736899200)
	}
	require.NoError(t, os.WriteFile(filepath.Join(logs, "flows.log"), []byte(text), 0o600))
	for behavior, respond := range map[string]http.HandlerFunc{
		"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"is slow": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
			}
		},
		"is unavailable": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"refuses":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
	} {
		for queue, config := range map[string]string{
			"a queue in memory":          "",
			"a queue in a storage":       "storage: file_storage",
			"a queue that blocks":        "sending_queue: {sizer: items, queue_size: 2, block_on_overflow: true}",
			"a queue that waits":         "sending_queue: {wait_for_result: true}",
			"no queue":                   "sending_queue: {enabled: false}",
			"no queue and endless waits": "sending_queue: {enabled: false}, retry_on_failure: {max_elapsed_time: 0s}",
		} {
			t.Run("the destination "+behavior+" behind "+queue, func(t *testing.T) {
				var requests atomic.Int64
				webhook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					requests.Add(1)
					_, _ = io.Copy(io.Discard, r.Body) // a server notices a closed connection only after the body
					respond(w, r)
				}))
				t.Cleanup(webhook.Close)
				p := launch(t, `
extensions: {file_storage: {directory: `+t.TempDir()+`}}
receivers: {vpc_flow: {files: {include: [`+logs+`/*.log], start_at: beginning, poll_interval: 20ms}, storage: file_storage}}
processors: {vpc_detection: {storage: file_storage}}
exporters: {alert_notifier: {group_wait: 10ms, rate_limit: {notifications: 0}, webhook_configs: [{url: "`+webhook.URL+`"}], `+config+`}}
service:
  extensions: [file_storage]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [alert_notifier]}}`)
				eventually(t, func() bool {
					return requests.Load() > 0 && strings.Contains(p.output.String(), "Everything is ready.")
				})
				require.NoError(t, p.Process.Signal(syscall.SIGTERM))
				ended := make(chan error, 1)
				go func() { ended <- p.Wait() }()
				select {
				case err := <-ended:
					require.NoError(t, err, p.output.String())
				case <-time.After(10 * time.Second):
					require.FailNow(t, "the collector does not end")
				}
			})
		}
	}
}
