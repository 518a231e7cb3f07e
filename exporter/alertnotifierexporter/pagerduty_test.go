// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func pagerDuty(s *server) string {
	return atOnce + "pagerduty_configs: [{routing_key: 0123456789abcdef, url: " + s.URL + "/v2/enqueue}]\n"
}

func TestPagerDutyIncidentSaysWhatHappened(t *testing.T) {
	s := serve(t)
	r := start(t, pagerDuty(s)+"external_url: http://dashboard:8765")
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	got := s.got()
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
		map[string]any{"href": "http://dashboard:8765/alerts/a", "text": "The alert"},
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
	assert.Equal(t, "Close what need not be open.", firing["annotations"].(map[string]any)["mitigation"])
	assert.Equal(t, map[string]any{"resolved": []any{}, "num_firing": 1.0, "num_resolved": 0.0}, details)
}

func TestPagerDutyGetsTextOfAFlowLogAsText(t *testing.T) {
	s := serve(t)
	r := start(t, pagerDuty(s))
	evil := scan("a", "203.0.113.7")
	evil.Body = "a: [1, 2]"
	evil.Samples = []alert.Sample{{Raw: "key: &anchor [*anchor]"}, {Raw: `"quoted" \ <b>`}}
	require.NoError(t, r.tell(evil))
	details := s.got()[0].body["payload"].(map[string]any)["custom_details"].(map[string]any)["alert"].(map[string]any)
	assert.Equal(t, "a: [1, 2]", details["summary"])
	assert.Equal(t, "key: &anchor [*anchor]\n\"quoted\" \\ <b>", details["evidence"])
}

func TestPagerDutyHasTheSeverityOfTheWorstAlert(t *testing.T) {
	for severity, want := range map[alert.Severity]string{
		alert.Critical: "critical", alert.High: "error", alert.Medium: "warning", alert.Low: "info", 0: "error",
	} {
		s := serve(t)
		r := start(t, pagerDuty(s))
		require.NoError(t, r.tell(graver(severity, scan("a", "203.0.113.7"))))
		assert.Equal(t, want, s.got()[0].body["payload"].(map[string]any)["severity"], severity)
	}
}

// event is what PagerDuty did about which incident.
func event(r request) (action string, key any) {
	return r.body["event_action"].(string), r.body["dedup_key"]
}

func TestPagerDutyIncidentIsClosedWhenTheLastOfItsEpisodesEnds(t *testing.T) {
	s := serve(t)
	r := start(t, pagerDuty(s))
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	require.NoError(t, r.tell(scan("b", "203.0.113.7"), scan("c", "203.0.113.9")))
	got := s.got()
	require.Len(t, got, 3)
	_, first := event(got[0])
	for i, want := range []struct {
		action string
		same   bool
	}{{"trigger", true}, {"trigger", true}, {"trigger", false}} {
		action, key := event(got[i])
		assert.Equal(t, want.action, action)
		assert.Equal(t, want.same, key == first, "an incident is of a rule and a source")
	}
	assert.Equal(t, "[HIGH] Potential Port Scanning Detected (External to Internal) from 203.0.113.7 (2 alerts): 203.0.113.7 tried 20 ports of internal hosts in 19 s.",
		got[1].body["payload"].(map[string]any)["summary"])

	require.NoError(t, r.tell(as(alert.Resolved, scan("a", "203.0.113.7"))))
	got = s.got()
	require.Len(t, got, 1)
	action, key := event(got[0])
	assert.Equal(t, "trigger", action, "another episode of the incident lasts")
	assert.Equal(t, first, key)

	require.NoError(t, r.tell(as(alert.Resolved, scan("b", "203.0.113.7"))))
	got = s.got()
	require.Len(t, got, 1)
	action, key = event(got[0])
	assert.Equal(t, "resolve", action)
	assert.Equal(t, first, key)

	require.NoError(t, r.tell(as(alert.Resolved, scan("b", "203.0.113.7")), as(alert.Updated, scan("b", "203.0.113.7")), scan("b", "203.0.113.7")))
	assert.Empty(t, s.got(), "an episode that has ended does not begin again")
}

func TestPagerDutyIncidentOpensAndClosesWhenAnEpisodeBeginsAndEndsAtOnce(t *testing.T) {
	s := serve(t)
	r := start(t, pagerDuty(s))
	require.NoError(t, r.tell(scan("a", "203.0.113.7"), as(alert.Updated, scan("a", "203.0.113.7")), as(alert.Resolved, scan("a", "203.0.113.7"))))
	got := s.got()
	require.Len(t, got, 2)
	action, key := event(got[0])
	assert.Equal(t, "trigger", action)
	closed, same := event(got[1])
	assert.Equal(t, "resolve", closed)
	assert.Equal(t, key, same)
}

// keeping is a configuration with a queue and a storage.
func keeping(s *server) string {
	return "storage: file_storage\ngroup_wait: 1ms\npagerduty_configs: [{routing_key: 0123456789abcdef, url: " + s.URL + "}]\n"
}

func TestPagerDutyIncidentIsClosedAfterARestart(t *testing.T) {
	s := serve(t)
	extensions := fileStorage(t, t.TempDir())
	first := newRig(t, keeping(s))
	first.extensions = extensions
	require.NoError(t, first.Start(t.Context(), first))
	require.NoError(t, first.tell(scan("a", "203.0.113.7")))
	come(t, s, 1)
	require.NoError(t, first.Shutdown(t.Context()))
	_, key := event(s.got()[0])

	second := newRig(t, keeping(s))
	second.extensions = extensions
	second.run()
	require.Equal(t, map[string]int64{"pagerduty_0": 1}, second.metric("vpc_flow.notifier.episodes.open"))
	require.NoError(t, second.tell(scan("a", "203.0.113.7"), as(alert.Resolved, scan("a", "203.0.113.7"))))
	come(t, s, 1)
	action, closed := event(s.got()[0])
	assert.Equal(t, "resolve", action, "of the beginning it has been told")
	assert.Equal(t, key, closed)
	require.Eventually(t, func() bool { return second.metric("vpc_flow.notifier.episodes.open")["pagerduty_0"] == 0 }, patience, moment)
}
