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

func TestSlackMessage(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"slack_configs: [{api_url: "+s.URL+"/services/T0/B0/x, channel: '#security', send_resolved: true}]")
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	got := s.takeRequests()
	require.Len(t, got, 1)
	assert.Equal(t, "/services/T0/B0/x", got[0].path)
	assert.Equal(t, "application/json", got[0].header.Get("Content-Type"))
	text := got[0].body["attachments"].([]any)[0].(map[string]any)["text"]
	golden(t, "slack.txt", text.(string))
	assert.Equal(t, map[string]any{
		"channel":  "#security",
		"username": "otelcol-vpcflow",
		"attachments": []any{map[string]any{
			"title":       "[HIGH] Potential Port Scanning Detected (External to Internal) from 203.0.113.7",
			"title_link":  "https://attack.mitre.org/techniques/T1595/",
			"text":        text,
			"fallback":    "[HIGH] Potential Port Scanning Detected (External to Internal) from 203.0.113.7: 203.0.113.7 tried 20 ports of internal hosts in 19 s.",
			"callback_id": "",
			"footer":      "otelcol-vpcflow",
			"color":       "danger",
			"mrkdwn_in":   []any{"fallback", "pretext", "text"},
		}},
	}, got[0].body)

	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	got = s.takeRequests()
	require.Len(t, got, 1)
	message := got[0].body["attachments"].([]any)[0].(map[string]any)
	assert.Equal(t, "[HIGH, ENDED] Potential Port Scanning Detected (External to Internal) from 203.0.113.7", message["title"])
	assert.Equal(t, "good", message["color"])
}

func TestSlackEscapesTextFromFlowLogs(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"slack_configs: [{api_url: "+s.URL+", channel: '#security', link_names: true}]")
	evil := alerttest.PortScan("a", "203.0.113.7")
	evil.Body = "<!channel> <https://evil.example|click> @here ```& \x1b[31m\u202e"
	evil.Title = "<!here>"
	evil.Samples = []alert.Sample{{Raw: "```<!everyone>\n@here"}}
	evil.Interface, evil.VPC, evil.SourceMachine.Name = "<@U123>", "*bold* _italic_ ~struck~", "www.evil.example"
	require.NoError(t, r.send(evil))
	message := s.takeRequests()[0].body["attachments"].([]any)[0].(map[string]any)
	for _, field := range []string{"title", "text", "fallback"} {
		text := message[field].(string)
		assert.NotContains(t, text, "<!", field)
		assert.NotContains(t, text, "<@", field)
		assert.NotContains(t, text, "<https://evil", field)
		assert.NotContains(t, text, "@here", field)
		assert.NotContains(t, text, "\x1b", field)
		assert.NotContains(t, text, "\u202e", field)
		assert.NotContains(t, text, "*bold*", field)
		assert.NotContains(t, text, "_italic_", field)
		assert.NotContains(t, text, "~struck~", field)
		assert.NotContains(t, text, "://evil", field)
		assert.NotContains(t, text, "evil.example", field)
	}
	assert.Contains(t, message["text"], "&lt;!channel&gt; &lt;https:\u200b//evil.\u200bexample|click&gt; @\u200bhere '''&amp;")
	assert.Contains(t, message["text"], "```\n'''&lt;!everyone&gt; @\u200bhere\n```\n", "no sample ends the block of code")
}

func TestSlackUsesCustomTemplates(t *testing.T) {
	s := newServer(t)
	own := write(t, "own.tmpl", `{{ define "own.title" }}{{ .GroupLabels.rule }} {{ len (facts (worst .Alerts)) }}{{ end }}{{ define "slack.default.footer" }}ours{{ end }}`)
	r := start(t, noQueue+"external_url: http://dashboard:8765\ntemplates: ['"+own+"']\nslack_configs: [{api_url: "+s.URL+`, title: '{{ template "own.title" . }}', text: hello}]`)
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	message := s.takeRequests()[0].body["attachments"].([]any)[0].(map[string]any)
	assert.Equal(t, "external_port_scan 9", message["title"])
	assert.Equal(t, "http://dashboard:8765/alerts/a", message["title_link"])
	assert.Equal(t, "hello", message["text"])
	assert.Equal(t, "ours", message["footer"])
}
