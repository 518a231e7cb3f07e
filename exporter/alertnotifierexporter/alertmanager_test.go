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
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// maxAlertsPerRequest is the limit of package alertmanager.
const maxAlertsPerRequest = 256

func alertmanagerConfig(s *server) string {
	return noQueue + "alertmanager: {endpoint: " + s.URL + "/prefix/, headers: {X-Scope-OrgID: us}}\n"
}

// posted returns the posted alerts: the episode, the severity, and the time from noon to the end.
func posted(t *testing.T, s *server) (list []string) {
	t.Helper()
	for _, each := range s.takeRequests() {
		for _, one := range each.list {
			fields := one.(map[string]any)
			labels := fields["labels"].(map[string]any)
			ends, err := time.Parse(time.RFC3339, fields["endsAt"].(string))
			require.NoError(t, err)
			list = append(list, fmt.Sprintf("%v %v %v", labels["episode"], labels["severity"], ends.Sub(alerttest.Noon())))
		}
	}
	return list
}

func TestAlertmanagerReceivesLabelsAndAnnotations(t *testing.T) {
	s := newServer(t)
	r := start(t, alertmanagerConfig(s)+"external_url: http://dashboard:8765")
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	got := s.takeRequests()
	require.Len(t, got, 1)
	assert.Equal(t, "/prefix/api/v2/alerts", got[0].path)
	assert.Equal(t, "application/json", got[0].header.Get("Content-Type"))
	assert.Equal(t, "us", got[0].header.Get("X-Scope-OrgID"))
	require.Len(t, got[0].list, 1)
	one := got[0].list[0].(map[string]any)
	assert.Equal(t, map[string]any{
		"alertname": "Potential Port Scanning Detected (External to Internal)", "rule": "external_port_scan", "severity": "high",
		"source": "203.0.113.7", "protocol": "tcp", "scope": "123456789012", "account": "123456789012", "region": "eu-west-1", "episode": "a",
	}, one["labels"])
	assert.Equal(t, "203.0.113.7 tried 20 ports of internal hosts in 19 s.", one["annotations"].(map[string]any)["summary"])
	assert.Equal(t, "2025-01-15T00:00:00Z", one["startsAt"])
	assert.Equal(t, "2025-01-15T12:05:00Z", one["endsAt"], "it ends unless it is posted again")
	assert.Equal(t, "http://dashboard:8765/alerts/a", one["generatorURL"])
}

func TestAlertmanagerReceivesOpenEpisodeUntilItEnds(t *testing.T) {
	s := newServer(t)
	r := start(t, alertmanagerConfig(s))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.8")))
	assert.Equal(t, []string{"a high 5m0s", "b high 5m0s"}, posted(t, s))
	r.advance(time.Minute)
	r.tickAll()
	assert.Equal(t, []string{"a high 6m0s", "b high 6m0s"}, posted(t, s))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	assert.Equal(t, []string{"a high 1m0s"}, posted(t, s), "it ends now")
	r.advance(time.Minute)
	r.tickAll()
	assert.Equal(t, []string{"b high 7m0s"}, posted(t, s))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("b", "203.0.113.8")), alerttest.Later(alert.Updated, alerttest.PortScan("a", "203.0.113.7"))))
	assert.Equal(t, []string{"b high 2m0s"}, posted(t, s), "an ended episode does not open again")
	r.tickAll()
	assert.Empty(t, s.takeRequests())
}

func TestEpisodeWithoutAlertsEndsAfterTimeout(t *testing.T) {
	s, hook := newServer(t), newServer(t)
	r := start(t, alertmanagerConfig(s)+kinds["pagerduty"](hook.URL))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.7")))
	r.advance(24 * time.Hour)
	require.NoError(t, r.send(alerttest.Later(alert.Updated, alerttest.PortScan("b", "203.0.113.7"))))
	hook.takeRequests()
	r.advance(time.Hour - time.Second)
	s.takeRequests()
	r.tickAll()
	assert.Len(t, posted(t, s), 2)
	assert.Empty(t, hook.takeRequests())
	r.advance(time.Second)
	r.tickAll()
	assert.Equal(t, []string{"b high 25h5m0s"}, posted(t, s))
	got := hook.takeRequests()
	require.Len(t, got, 1)
	action, _ := eventOf(got[0])
	assert.Equal(t, "trigger", action, "the other episode is open")
	r.advance(24 * time.Hour)
	r.tickAll()
	assert.Empty(t, s.takeRequests())
	got = hook.takeRequests()
	require.Len(t, got, 1)
	action, _ = eventOf(got[0])
	assert.Equal(t, "resolve", action)
	assert.Equal(t, map[string]int64{"alertmanager": 0, "pagerduty_0": 0}, r.metric("vpc_flow.notifier.episodes.open"))
}

func TestAlertmanagerReceivesEndOfOldSeverity(t *testing.T) {
	s := newServer(t)
	r := start(t, alertmanagerConfig(s))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	s.takeRequests()
	require.NoError(t, r.send(alerttest.WithSeverity(alert.Critical, alerttest.Later(alert.Updated, alerttest.PortScan("a", "203.0.113.7")))))
	assert.Equal(t, []string{"a high 0s", "a critical 5m0s"}, posted(t, s))
	r.tickAll()
	assert.Equal(t, []string{"a critical 5m0s"}, posted(t, s))
}

func TestAlertmanagerReceivesEndOfOldSeverityWhenItFalls(t *testing.T) {
	s := newServer(t)
	r := start(t, alertmanagerConfig(s))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	s.takeRequests()
	require.NoError(t, r.send(alerttest.WithSeverity(alert.Low, alerttest.Later(alert.Updated, alerttest.PortScan("a", "203.0.113.7")))))
	assert.Equal(t, []string{"a high 0s", "a low 5m0s"}, posted(t, s))
	r.tickAll()
	assert.Equal(t, []string{"a low 5m0s"}, posted(t, s))
	require.NoError(t, r.send(alerttest.WithSeverity(alert.Low, alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7")))))
	assert.Equal(t, []string{"a low 0s"}, posted(t, s))
}

func TestAlertmanagerReceivesShortEpisodeAsOpen(t *testing.T) {
	s := newServer(t)
	r := start(t, alertmanagerConfig(s))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7")), alerttest.Later(alert.Resolved, alerttest.PortScan("b", "203.0.113.7"))))
	assert.Equal(t, []string{"a high 5m0s"}, posted(t, s))
	r.tickAll()
	assert.Empty(t, s.takeRequests())
}

func TestAlertmanagerReceivesOpenEpisodesAfterRestart(t *testing.T) {
	s := newServer(t)
	extensions := fileStorage(t, t.TempDir())
	config := shortWaits + "storage: file_storage\nalertmanager: {endpoint: " + s.URL + "}\n"
	first := newHarness(t, config)
	first.extensions = extensions
	require.NoError(t, first.Start(t.Context(), first))
	require.NoError(t, first.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.8")))
	require.Eventually(t, func() bool { return first.metric("vpc_flow.notifier.episodes.open")["alertmanager"] == 2 }, waitLimit, pollInterval)
	require.NoError(t, first.Shutdown(t.Context()))
	s.takeRequests()
	second := newHarness(t, config)
	second.extensions = extensions
	second.run().tickAll()
	assert.ElementsMatch(t, []string{"a high 5m0s", "b high 5m0s"}, posted(t, s))
}

func TestAlertmanagerReceivesManyAlertsInSeveralRequests(t *testing.T) {
	s := newServer(t)
	r := start(t, alertmanagerConfig(s))
	var alerts []*alert.Alert
	for i := range 2*maxAlertsPerRequest + 1 {
		alerts = append(alerts, alerttest.PortScan(fmt.Sprint(i), "203.0.113.7"))
	}
	require.NoError(t, r.send(alerts...))
	assert.Len(t, s.takeRequests(), 3)
	r.tickAll()
	assert.Len(t, s.takeRequests(), 3)
}

func TestOnlyAlertsOfFailedRequestAreRetried(t *testing.T) {
	s := newServer(t)
	n := 0
	s.handler = func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	r := start(t, alertmanagerConfig(s))
	var alerts []*alert.Alert
	for i := range 2 * maxAlertsPerRequest {
		alerts = append(alerts, alerttest.PortScan(fmt.Sprint(i), "203.0.113.7"))
	}
	err := r.destinations[0].push(t.Context(), toLogs(alerts))
	var left consumererror.Logs
	require.ErrorAs(t, err, &left)
	assert.Equal(t, maxAlertsPerRequest, left.Data().LogRecordCount())
}

func TestConsecutiveFailuresAreLoggedOnce(t *testing.T) {
	s := newServer(t)
	r := start(t, alertmanagerConfig(s))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	s.respond(http.StatusServiceUnavailable)
	r.tickAll()
	r.tickAll()
	assert.Equal(t, 1, r.logged.FilterMessage("fail to send periodic notifications").Len())
	s.respond(http.StatusOK)
	r.tickAll()
	s.respond(http.StatusServiceUnavailable)
	r.tickAll()
	assert.Equal(t, 2, r.logged.FilterMessage("fail to send periodic notifications").Len())
}

func TestAlertmanagerRetryAfterIsRespected(t *testing.T) {
	for value, want := range map[string]string{
		"":                              "response of Alertmanager is",
		"x":                             "response of Alertmanager is",
		"-1":                            "response of Alertmanager is",
		"7":                             "Throttle (7s)",
		"0":                             "Throttle (0s)",
		"86400":                         "Throttle (1h0m0s)",
		"Wed, 15 Jan 2025 12:02:00 GMT": "Throttle (2m0s)",
		"Wed, 15 Jan 2025 11:00:00 GMT": "Throttle (0s)",
	} {
		t.Run(value, func(t *testing.T) {
			s := newServer(t)
			s.respond(http.StatusTooManyRequests, "Retry-After", value)
			r := start(t, alertmanagerConfig(s))
			require.ErrorContains(t, r.destinations[0].push(t.Context(), toLogs([]*alert.Alert{alerttest.PortScan("a", "203.0.113.7")})), want)
		})
	}
}

func TestMissingExtensionIsNamed(t *testing.T) {
	r := newHarness(t, "alertmanager: {endpoint: 'http://x', auth: {authenticator: basicauth}}")
	require.ErrorContains(t, r.Start(t.Context(), r), "alertmanager: ")
	require.NoError(t, r.Shutdown(t.Context()))
	r = newHarness(t, "storage: file_storage\n"+kinds["slack"]("http://x"))
	require.ErrorContains(t, r.Start(t.Context(), r), `slack_0: storage: extension "file_storage" is not among the extensions of the service`)
	r.extensions = map[component.ID]component.Component{component.MustNewID("file_storage"): r}
	require.ErrorContains(t, r.Start(t.Context(), r), "is not a storage extension")
	require.NoError(t, r.Shutdown(t.Context()))
}

func TestAlertmanagerErrorsHaveNoPassword(t *testing.T) {
	s := newServer(t)
	s.Close()
	r := start(t, noQueue+"alertmanager: {endpoint: 'http://u:SECRET@"+s.Listener.Addr().String()+"/x?key=SECRET'}")
	err := r.send(alerttest.PortScan("a", "203.0.113.7"))
	require.ErrorContains(t, err, s.Listener.Addr().String())
	assert.NotContains(t, err.Error(), "SECRET")
	assert.NotContains(t, r.loggedText(), "SECRET")

	r = newHarness(t, "alertmanager: {endpoint: 'http://x', proxy_url: 'http://u:SECRET@proxy:port'}")
	err = r.Start(t.Context(), r)
	require.ErrorContains(t, err, "proxy")
	assert.NotContains(t, err.Error(), "SECRET")
	require.NoError(t, r.Shutdown(t.Context()))
}
