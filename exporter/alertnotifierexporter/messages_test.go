// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestATextThatFailsStopsTheStartAndIsNamed(t *testing.T) {
	const url = "https://example.com/SECRET"
	broken := write(t, "broken.tmpl", `{{ define "own" }}{{ .Fooo.Bar }}{{ end }}{{ define "slack.default.footer" }}{{ .Fooo }}{{ end }}`)
	harmless := write(t, "harmless.tmpl", `{{ define "own" }}{{ .Fooo.Bar }}{{ end }}`)
	for name, c := range map[string]struct{ yaml, want string }{
		"a field that is none": {"slack_configs: [{api_url: " + url + ", text: '{{ .Alert.Summary }}'}]", "slack_configs[0]: text: template: :1:9: "},
		"of the second receiver": {
			"slack_configs: [{api_url: " + url + "}, {api_url: " + url + ", fields: [{title: a, value: '{{ .Alert }}'}]}]",
			"slack_configs[1]: fields[0]::value: template: ",
		},
		"a file that ours refer to":     {"templates: [" + broken + "]\nslack_configs: [{api_url: " + url + "}]", "slack_configs[0]: footer: template: broken.tmpl:1:"},
		"a file that a text refers to":  {"templates: [" + harmless + "]\nslack_configs: [{api_url: " + url + `, title: '{{ template "own" . }}'}]`, "slack_configs[0]: title: template: harmless.tmpl:1:"},
		"a file that nothing refers to": {"templates: [" + harmless + "]\nslack_configs: [{api_url: " + url + "}]", ""},
		"a template that is not there":  {"slack_configs: [{api_url: " + url + `, title: '{{ template "nowhere" . }}'}]`, "slack_configs[0]: title: "},
		"the HTML of a mail":            {"email_configs: [{to: a@example.com, from: b@example.com, smarthost: 'mail:25', html: '{{ .Alert }}'}]", "email_configs[0]: html: template: "},
		"a header of a mail": {
			"email_configs: [{to: a@example.com, from: b@example.com, smarthost: 'mail:25', headers: {X-A: '{{ .Alert }}'}}]",
			"email_configs[0]: headers::X-A: template: ",
		},
		"a detail of an incident": {"pagerduty_configs: [{routing_key: k, details: {a: {b: ['{{ .Alert }}']}}}]", "pagerduty_configs[0]: details::a::b[0]: template: "},
		"the URL of a webhook":    {"webhook_configs: [{url: '" + url + "/{{ .Alert }}'}]", "webhook_configs[0]: url: template: "},
		"the body of a webhook":   {"webhook_configs: [{url: " + url + ", payload: {a: '{{ .Alert }}'}}]", "webhook_configs[0]: payload::a: template: "},
		"what only a webhook has": {"webhook_configs: [{url: " + url + ", payload: {a: '{{ .GroupKey }} {{ .Status }}'}}]", ""},
		"a text of the end, which is told": {
			"slack_configs: [{api_url: " + url + ", send_resolved: true, text: '{{ (index .Alerts.Firing 0).Labels.rule }}'}]",
			"slack_configs[0]: text: template: ",
		},
		"a text of the end, which is not told": {"slack_configs: [{api_url: " + url + ", text: '{{ (index .Alerts.Firing 0).Labels.rule }}'}]", ""},
		"a text of the end, which says nothing": {
			"opsgenie_configs: [{api_key: k, send_resolved: true, note: '{{ (index .Alerts.Firing 0).Labels.rule }}'}]", "",
		},
		"a label that an alert may lack": {"slack_configs: [{api_url: " + url + ", text: '{{ .GroupLabels.nowhere }}'}]", ""},
		"a password with braces":         {"webhook_configs: [{url: " + url + ", http_config: {basic_auth: {username: '{{ .Alert }}', password: 'a{{ .SECRET }}'}}}]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newNotifier(t.Context(), exportertest.NewNopSettings(componentType), configOf(t, c.yaml), system())
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "SECRET")
		})
	}
}

func TestOurTextsOfEachReceiverAreTried(t *testing.T) {
	for _, key := range slices.Sorted(maps.Keys(receiverBlocks)) {
		cfg := configOf(t, key+": ["+receiverBlocks[key]+"]")
		tried := len(wordingOf(words(t), "", settingsOf(&cfg.block.Receivers[0], strings.TrimSuffix(key, "_configs"), 0)).list)
		if key == "webhook_configs" || key == "incidentio_configs" { // which send the alerts themselves
			assert.Zero(t, tried, key)
			continue
		}
		assert.Positive(t, tried, key)
	}
}

// A text may fail by what stands in an alert, which no example has.
func TestWhatATextFailsForIsNotSentEmptyNorCountedAsSent(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+"slack_configs: [{api_url: "+s.URL+`, text: '{{ slice .CommonLabels.region 0 9 }}'}]`)
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	require.Len(t, s.got(), 1)
	short := scan("b", "203.0.113.8")
	short.Region = "eu"
	err := r.tell(short)
	require.ErrorContains(t, err, "text: template: ")
	assert.True(t, consumererror.IsPermanent(err))
	assert.Empty(t, s.got())
	assert.Equal(t, map[string]int64{"slack_0 sent": 1, "slack_0 refused template": 1}, r.metric("vpc_flow.notifier.notifications"))
	assert.Equal(t, map[string]int64{"slack_0": 1}, r.metric("vpc_flow.notifier.episodes.open"), "it is told with its next alert")
	short.Region = "eu-west-1"
	require.NoError(t, r.tell(as(alert.Updated, short)))
	assert.Len(t, s.got(), 1)
}
