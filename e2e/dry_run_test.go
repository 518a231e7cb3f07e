// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// The alerts of a rule in dry run reach the page, but no person.
func TestDryRunAlertsReachThePageButNobodyIsNotified(t *testing.T) {
	t.Chdir("..")
	const rule = "dns_not_over_udp"
	config := demoConfig(t)
	detection := config["processors"].(map[string]any)["vpc_detection"].(map[string]any)
	detection["emit_dry_run"] = true
	detection["rules"] = map[string]any{rule: map[string]any{"dry_run": true}}
	s := newSink()
	startCollector(t, config, s)
	settle(t, s)
	trials := map[string]bool{}
	var live []*alert.Alert
	for _, a := range s.all() {
		assert.Equal(t, a.Rule == rule, a.DryRun, a.Rule)
		if a.DryRun {
			trials[a.UID] = true
		} else if a.Status == alert.Opened {
			live = append(live, a)
		}
	}
	require.NotEmpty(t, trials)
	require.NotEmpty(t, live)

	var posts atomic.Int64
	slack := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		posts.Add(1)
		_, _ = w.Write([]byte("ok"))
	}))
	t.Cleanup(slack.Close)
	notifier := startNotifier(t, map[string]any{
		"group_wait": "0s", "sending_queue": map[string]any{"enabled": false},
		"slack_configs": []any{map[string]any{"api_url": slack.URL, "channel": "#security", "send_resolved": true}},
	})
	dashboard := "http://localhost:" + freePort(t)
	page := startPage(t, dashboard)
	for _, a := range s.all() {
		require.NoError(t, page.ConsumeLogs(t.Context(), logsOf(a)))
		if a.DryRun {
			require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(a)))
		}
	}
	assert.Zero(t, posts.Load())
	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(live[0])))
	assert.Equal(t, int64(1), posts.Load())

	require.EventuallyWithT(t, func(c *assert.CollectT) {
		for query, want := range map[string]bool{"only": true, "no": false} {
			var list struct {
				Total  int
				Alerts []struct{ UID string }
			}
			getJSON(t.Context(), c, dashboard+"/api/alerts?limit=500&dry_run="+query, &list)
			assert.NotEmpty(c, list.Alerts)
			for _, a := range list.Alerts {
				assert.Equal(c, want, trials[a.UID])
			}
			if want {
				assert.Len(c, trials, list.Total)
			}
		}
	}, 30*time.Second, 20*time.Millisecond)
}
