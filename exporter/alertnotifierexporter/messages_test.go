// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestFailingTemplateIsNamedAtCreation(t *testing.T) {
	const url = "https://example.com/SECRET"
	broken := write(t, "broken.tmpl", `{{ define "own" }}{{ .Fooo.Bar }}{{ end }}{{ define "slack.default.footer" }}{{ .Fooo }}{{ end }}`)
	harmless := write(t, "harmless.tmpl", `{{ define "own" }}{{ .Fooo.Bar }}{{ end }}`)
	for name, c := range map[string]struct{ yaml, want string }{
		"an unknown field": {"slack_configs: [{api_url: " + url + ", text: '{{ .Alert.Summary }}'}]", "slack_configs[0]: text: template: :1:9: "},
		"the second receiver": {
			"slack_configs: [{api_url: " + url + "}, {api_url: " + url + ", fields: [{title: a, value: '{{ .Alert }}'}]}]",
			"slack_configs[1]: fields[0]::value: template: ",
		},
		"a file with a named default":     {"templates: [" + broken + "]\nslack_configs: [{api_url: " + url + "}]", "slack_configs[0]: footer: template: broken.tmpl:1:"},
		"a file that a setting refers to": {"templates: [" + harmless + "]\nslack_configs: [{api_url: " + url + `, title: '{{ template "own" . }}'}]`, "slack_configs[0]: title: template: harmless.tmpl:1:"},
		"an unused template in a file":    {"templates: [" + harmless + "]\nslack_configs: [{api_url: " + url + "}]", ""},
		"an unknown template":             {"slack_configs: [{api_url: " + url + `, title: '{{ template "nowhere" . }}'}]`, "slack_configs[0]: title: "},
		"the HTML of an e-mail":           {"email_configs: [{to: a@example.com, from: b@example.com, smarthost: 'mail:25', html: '{{ .Alert }}'}]", "email_configs[0]: html: template: "},
		"a header of an e-mail": {
			"email_configs: [{to: a@example.com, from: b@example.com, smarthost: 'mail:25', headers: {X-A: '{{ .Alert }}'}}]",
			"email_configs[0]: headers::X-A: template: ",
		},
		"a detail of an incident":         {"pagerduty_configs: [{routing_key: k, details: {a: {b: ['{{ .Alert }}']}}}]", "pagerduty_configs[0]: details::a::b[0]: template: "},
		"the URL of a webhook":            {"webhook_configs: [{url: '" + url + "/{{ .Alert }}'}]", "webhook_configs[0]: url: template: "},
		"the body of a webhook":           {"webhook_configs: [{url: " + url + ", payload: {a: '{{ .Alert }}'}}]", "webhook_configs[0]: payload::a: template: "},
		"a field that only webhooks have": {"webhook_configs: [{url: " + url + ", payload: {a: '{{ .GroupKey }} {{ .Status }}'}}]", ""},
		"a text of the end with send_resolved": {
			"slack_configs: [{api_url: " + url + ", send_resolved: true, text: '{{ (index .Alerts.Firing 0).Labels.rule }}'}]",
			"slack_configs[0]: text: template: ",
		},
		"a text of the end without send_resolved": {"slack_configs: [{api_url: " + url + ", text: '{{ (index .Alerts.Firing 0).Labels.rule }}'}]", ""},
		"a text of the end that Opsgenie does not use": {
			"opsgenie_configs: [{api_key: k, send_resolved: true, note: '{{ (index .Alerts.Firing 0).Labels.rule }}'}]", "",
		},
		"a label that an alert may not have": {"slack_configs: [{api_url: " + url + ", text: '{{ .GroupLabels.nowhere }}'}]", ""},
		"a password with braces":             {"webhook_configs: [{url: " + url + ", http_config: {basic_auth: {username: '{{ .Alert }}', password: 'a{{ .SECRET }}'}}}]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newNotifier(t.Context(), exportertest.NewNopSettings(componentType), configOf(t, c.yaml), realSystem())
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "SECRET")
		})
	}
}

// A template may fail for some alerts although it does not fail for the example.
func TestNotificationWithFailingTemplateIsNotSent(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"slack_configs: [{api_url: "+s.URL+`, text: '{{ slice .CommonLabels.region 0 9 }}'}]`)
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	require.Len(t, s.takeRequests(), 1)
	short := alerttest.PortScan("b", "203.0.113.8")
	short.Region = "eu"
	err := r.send(short)
	require.ErrorContains(t, err, "text: template: ")
	assert.True(t, consumererror.IsPermanent(err))
	assert.Empty(t, s.takeRequests())
	assert.Equal(t, map[string]int64{"slack_0 sent": 1, "slack_0 refused template": 1}, r.metric("vpc_flow.notifier.notifications"))
	assert.Equal(t, map[string]int64{"slack_0": 1}, r.metric("vpc_flow.notifier.episodes.open"), "its next alert causes a notification")
	short.Region = "eu-west-1"
	require.NoError(t, r.send(alerttest.Later(alert.Updated, short)))
	assert.Len(t, s.takeRequests(), 1)
}
