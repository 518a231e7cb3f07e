// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// sendFlood sends alerts of n sources.
func sendFlood(t *testing.T, r *harness, n int) {
	t.Helper()
	var alerts []*alert.Alert
	for i := range n {
		a := alerttest.PortScan(fmt.Sprint("uid-", i), fmt.Sprintf("203.0.113.%d", i))
		if i%2 == 1 {
			a.Rule, a.Severity = "external_reject_sweep", alert.Critical
		}
		alerts = append(alerts, a)
	}
	require.NoError(t, r.send(alerts...))
}

func annotation(r request, name string) any {
	return r.body["commonAnnotations"].(map[string]any)[name]
}

func TestSuppressedAlertsAreSummarizedAfterThePeriod(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"rate_limit: {notifications: 3, period: 1m}\n"+kinds["webhook"](s.URL))
	sendFlood(t, r, 3)
	assert.Len(t, s.takeRequests(), 3, "the limit is not exceeded")
	r.tickAll()
	assert.Empty(t, s.takeRequests())

	sendFlood(t, r, 12)
	assert.Empty(t, s.takeRequests())
	assert.Equal(t, map[string]int64{"webhook_0": 9}, r.metric("vpc_flow.notifier.suppressed"))
	r.advance(time.Minute)
	r.tickAll()
	got := s.takeRequests()
	require.Len(t, got, 1)
	assert.Equal(t, "firing", got[0].body["status"])
	assert.Equal(t, "9 more alerts (2 rules, 9 sources) suppressed by the rate limit.", annotation(got[0], "summary"))
	assert.Equal(t, "The rate limit is 3 notifications per 1 min (rate_limit). Suppressed: external_reject_sweep: 5, external_port_scan: 4.", annotation(got[0], "description"))
	assert.Equal(t, map[string]any{"alertname": "Alerts Suppressed by the Rate Limit", "rule": "alerts_suppressed", "severity": "critical"}, got[0].body["commonLabels"])

	r.advance(time.Minute)
	r.tickAll()
	got = s.takeRequests()
	require.Len(t, got, 1, "a period without suppressed alerts resolves the summary")
	assert.Equal(t, "resolved", got[0].body["status"])
	r.tickAll()
	assert.Empty(t, s.takeRequests())
}

func TestSummaryIsResolvedOnlyWithSendResolved(t *testing.T) {
	for receiver, want := range map[string][]string{
		"send_resolved: true":  {"first notification", "all alerts resolved"},
		"send_resolved: false": {"first notification"},
	} {
		s := newServer(t)
		r := start(t, noQueue+"rate_limit: {notifications: 1, period: 1m}\nwebhook_configs: [{url: "+s.URL+", "+receiver+"}]")
		sendFlood(t, r, 2)
		s.takeRequests()
		for range 3 {
			r.advance(time.Minute)
			r.tickAll()
		}
		var got []string
		for _, request := range s.takeRequests() {
			got = append(got, request.body["notification_reason"].(string))
		}
		assert.Equal(t, want, got, receiver)
	}
}

func TestSuppressedEpisodeIsNotifiedByItsNextUpdate(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	sendFlood(t, r, 2)
	require.Len(t, s.takeRequests(), 1)
	r.advance(time.Minute)
	require.NoError(t, r.send(alerttest.Later(alert.Updated, alerttest.PortScan("uid-1", "203.0.113.1"))))
	assert.Equal(t, []string{"first notification: uid-1 high firing"}, notificationsOf(s))
}

func TestOnlyNotifiedEpisodesAreResolved(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["pagerduty"](s.URL))
	sendFlood(t, r, 2)
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("uid-0", "203.0.113.0")), alerttest.Later(alert.Resolved, alerttest.PortScan("uid-1", "203.0.113.1"))))
	got := s.takeRequests()
	require.Len(t, got, 2)
	opened, key := eventOf(got[0])
	closed, same := eventOf(got[1])
	assert.Equal(t, []any{"trigger", "resolve", key}, []any{opened, closed, same})
}

func TestFailedSummaryIsRetried(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	sendFlood(t, r, 3)
	s.takeRequests()
	s.respond(http.StatusServiceUnavailable)
	r.tickAll()
	r.tickAll()
	assert.Equal(t, 1, r.logged.FilterMessage("fail to send periodic notifications").Len(), "consecutive failures are logged once")
	s.respond(http.StatusOK)
	s.takeRequests()
	r.tickAll()
	got := s.takeRequests()
	require.Len(t, got, 1)
	assert.Equal(t, "2 more alerts (2 rules, 2 sources) suppressed by the rate limit.", annotation(got[0], "summary"))
}

func TestSuppressedAlertsSurviveShutdown(t *testing.T) {
	s := newServer(t)
	r := newHarness(t, noQueue+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	require.NoError(t, r.Start(t.Context(), r))
	sendFlood(t, r, 2)
	require.NoError(t, r.Shutdown(t.Context()))
	got := s.takeRequests()
	require.Len(t, got, 2)
	assert.Equal(t, "1 more alert (1 rule, 1 source) suppressed by the rate limit.", annotation(got[1], "summary"))

	extensions := fileStorage(t, t.TempDir())
	config := "storage: file_storage\ngroup_wait: 0s\nrate_limit: {notifications: 1, period: 1m}\n" + kinds["webhook"](s.URL)
	first := newHarness(t, config)
	first.extensions = extensions
	require.NoError(t, first.Start(t.Context(), first))
	sendFlood(t, first, 2)
	require.Eventually(t, func() bool { return first.metric("vpc_flow.notifier.suppressed")["webhook_0"] == 1 }, waitLimit, pollInterval)
	require.NoError(t, first.Shutdown(t.Context()))
	require.Len(t, s.takeRequests(), 1)
	second := newHarness(t, config)
	second.extensions = extensions
	second.run().tickAll()
	require.Len(t, s.takeRequests(), 1)
}

func TestFailedAttemptDoesNotCountForTheRateLimit(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	s.respond(http.StatusServiceUnavailable)
	for range 3 {
		require.Error(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	}
	s.respond(http.StatusOK)
	s.takeRequests()
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	assert.Len(t, s.takeRequests(), 1)
	assert.Empty(t, r.metric("vpc_flow.notifier.suppressed"))
}

func TestZeroRateLimitSuppressesNothing(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"rate_limit: {notifications: 0}\n"+kinds["webhook"](s.URL))
	sendFlood(t, r, 100)
	assert.Len(t, s.takeRequests(), 100)
}
