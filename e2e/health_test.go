// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// componentStatus makes the health_check extension report the status of components.
const componentStatus = "--feature-gates=+extension.healthcheck.useComponentStatus"

func TestHealthCheckFailsWhileNotificationsFail(t *testing.T) {
	var works atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !works.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	logs, err := filepath.Abs("../testdata/state/before.log")
	require.NoError(t, err)
	health := freePort(t)
	collector := launch(t, fmt.Sprintf(`
extensions:
  health_check: {endpoint: "localhost:%s", component_health: {include_recoverable_errors: true, recovery_duration: 1ms}}
receivers: {vpc_flow: {files: {include: [%q]}}}
processors: {vpc_detection: }
exporters:
  alert_notifier: {group_wait: 0s, retry_on_failure: {initial_interval: 100ms, max_interval: 100ms}, webhook_configs: [{url: %q}]}
service:
  extensions: [health_check]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [alert_notifier]}}`, health, logs, server.URL), componentStatus)
	status := func() int { return get(t, "http://localhost:"+health, nil) }
	eventually(t, func() bool { return status() == http.StatusInternalServerError })
	works.Store(true)
	eventually(t, func() bool { return status() == http.StatusOK })
	collector.interrupt(t)
}

func TestThePackagesReportTheStatusOfComponents(t *testing.T) {
	for _, file := range []string{"deploy/package/otelcol-vpcflow.service", "tools/release/image.go"} {
		require.Contains(t, read(t, file), componentStatus, file)
	}
}
