// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func pagerDuty(s *server) string {
	return noQueue + "pagerduty_configs: [{routing_key: 0123456789abcdef, url: " + s.URL + "/v2/enqueue}]\n"
}

func TestPagerDutyIncident(t *testing.T) {
	s := newServer(t)
	r := start(t, pagerDuty(s)+"external_url: http://dashboard:8765")
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	got := s.takeRequests()
	require.Len(t, got, 1)
	assert.Equal(t, "/v2/enqueue", got[0].path)
	body := got[0].body
	assert.Equal(t, "0123456789abcdef", body["routing_key"])
	assert.Equal(t, "trigger", body["event_action"])
	assert.Len(t, body["dedup_key"], 64)
	assert.Equal(t, "otelcol-vpcflow", body["client"])
	assert.Equal(t, "http://dashboard:8765", body["client_url"])
	assert.Equal(t, []any{
		map[string]any{"href": "https://attack.mitre.org/techniques/T1595/", "text": "MITRE ATT&CK"},
		map[string]any{"href": "http://dashboard:8765/alerts/a", "text": "Alert details"},
	}, body["links"])
	payload := body["payload"].(map[string]any)
	details := payload["custom_details"].(map[string]any)
	delete(payload, "custom_details")
	assert.Equal(t, map[string]any{
		"summary":  "[HIGH] Potential Port Scanning Detected (External to Internal) from 203.0.113.7: 203.0.113.7 tried 20 ports of internal hosts in 19 s.",
		"source":   "203.0.113.7",
		"severity": "error",
		"class":    "external_port_scan",
	}, payload)
	firing := details["firing"].([]any)[0].(map[string]any)
	assert.Equal(t, "203.0.113.7", firing["labels"].(map[string]any)["source"])
	delete(details, "firing")
	assert.Equal(t, firing["annotations"], details["alert"])
	delete(details, "alert")
	assert.Equal(t, "Close unused ports.", firing["annotations"].(map[string]any)["mitigation"])
	assert.Equal(t, map[string]any{"resolved": []any{}, "num_firing": 1.0, "num_resolved": 0.0}, details)
}

func TestPagerDutyReceivesTextFromFlowLogsAsText(t *testing.T) {
	s := newServer(t)
	r := start(t, pagerDuty(s))
	evil := alerttest.PortScan("a", "203.0.113.7")
	evil.Body = "a: [1, 2]"
	evil.Samples = []alert.Sample{{Raw: "key: &anchor [*anchor]"}, {Raw: `"quoted" \ <b>`}}
	require.NoError(t, r.send(evil))
	details := s.takeRequests()[0].body["payload"].(map[string]any)["custom_details"].(map[string]any)["alert"].(map[string]any)
	assert.Equal(t, "a: [1, 2]", details["summary"])
	assert.Equal(t, "key: &anchor [*anchor]\n\"quoted\" \\ <b>", details["evidence"])
}

func TestPagerDutySeverityIsThatOfWorstAlert(t *testing.T) {
	for severity, want := range map[alert.Severity]string{
		alert.Critical: "critical", alert.High: "error", alert.Medium: "warning", alert.Low: "info", 0: "error",
	} {
		s := newServer(t)
		r := start(t, pagerDuty(s))
		require.NoError(t, r.send(alerttest.WithSeverity(severity, alerttest.PortScan("a", "203.0.113.7"))))
		assert.Equal(t, want, s.takeRequests()[0].body["payload"].(map[string]any)["severity"], severity)
	}
}

// eventOf returns the action and the incident key of an event.
func eventOf(r request) (action string, key any) {
	return r.body["event_action"].(string), r.body["dedup_key"]
}

func TestPagerDutyIncidentIsResolvedByLastEpisode(t *testing.T) {
	s := newServer(t)
	r := start(t, pagerDuty(s))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	require.NoError(t, r.send(alerttest.PortScan("b", "203.0.113.7"), alerttest.PortScan("c", "203.0.113.9")))
	got := s.takeRequests()
	require.Len(t, got, 3)
	_, first := eventOf(got[0])
	for i, want := range []struct {
		action string
		same   bool
	}{{"trigger", true}, {"trigger", true}, {"trigger", false}} {
		action, key := eventOf(got[i])
		assert.Equal(t, want.action, action)
		assert.Equal(t, want.same, key == first, "an incident has one rule and one source")
	}
	assert.Equal(t, "[HIGH] Potential Port Scanning Detected (External to Internal) from 203.0.113.7 (2 alerts): 203.0.113.7 tried 20 ports of internal hosts in 19 s.",
		got[1].body["payload"].(map[string]any)["summary"])

	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	got = s.takeRequests()
	require.Len(t, got, 1)
	action, key := eventOf(got[0])
	assert.Equal(t, "trigger", action, "another episode of the incident is open")
	assert.Equal(t, first, key)

	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("b", "203.0.113.7"))))
	got = s.takeRequests()
	require.Len(t, got, 1)
	action, key = eventOf(got[0])
	assert.Equal(t, "resolve", action)
	assert.Equal(t, first, key)

	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("b", "203.0.113.7")), alerttest.Later(alert.Updated, alerttest.PortScan("b", "203.0.113.7")), alerttest.PortScan("b", "203.0.113.7")))
	assert.Empty(t, s.takeRequests(), "an ended episode does not open again")
}

func TestPagerDutyIncidentOfShortEpisodeIsResolved(t *testing.T) {
	s := newServer(t)
	r := start(t, pagerDuty(s))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.Later(alert.Updated, alerttest.PortScan("a", "203.0.113.7")), alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	got := s.takeRequests()
	require.Len(t, got, 2)
	action, key := eventOf(got[0])
	assert.Equal(t, "trigger", action)
	closed, same := eventOf(got[1])
	assert.Equal(t, "resolve", closed)
	assert.Equal(t, key, same)
}

// withStorage returns a configuration with a queue and a storage.
func withStorage(s *server) string {
	return "storage: file_storage\ngroup_wait: 1ms\npagerduty_configs: [{routing_key: 0123456789abcdef, url: " + s.URL + "}]\n"
}

func TestPagerDutyIncidentIsResolvedAfterRestart(t *testing.T) {
	s := newServer(t)
	extensions := fileStorage(t, t.TempDir())
	first := newHarness(t, withStorage(s))
	first.extensions = extensions
	require.NoError(t, first.Start(t.Context(), first))
	require.NoError(t, first.send(alerttest.PortScan("a", "203.0.113.7")))
	waitForRequests(t, s, 1)
	require.NoError(t, first.Shutdown(t.Context()))
	_, key := eventOf(s.takeRequests()[0])

	second := newHarness(t, withStorage(s))
	second.extensions = extensions
	second.run()
	require.Equal(t, map[string]int64{"pagerduty_0": 1}, second.metric("vpc_flow.notifier.episodes.open"))
	require.NoError(t, second.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	waitForRequests(t, s, 1)
	action, closed := eventOf(s.takeRequests()[0])
	assert.Equal(t, "resolve", action, "the log of the first run prevents a duplicate")
	assert.Equal(t, key, closed)
	require.Eventually(t, func() bool { return second.metric("vpc_flow.notifier.episodes.open")["pagerduty_0"] == 0 }, waitLimit, pollInterval)
}
