// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// loadDefaults returns the default templates.
func loadDefaults(t *testing.T) *template.Template {
	t.Helper()
	loaded, err := Load(nil, "")
	require.NoError(t, err)
	return loaded
}

// dataOf returns the template data of a notification of the alerts.
func dataOf(t *testing.T, alerts ...*amalert.Alert) *template.Data {
	t.Helper()
	groupLabels := model.LabelSet{
		"alertname": "Potential Port Scanning Detected (External to Internal)", "rule": "external_port_scan", "source": "203.0.113.7",
	}
	return loadDefaults(t).Data("r", groupLabels, nil, "", alerts...)
}

func firing(a *alert.Alert) *amalert.Alert {
	return episode.New(a, alerttest.Noon()).ToAlertmanager(a.Severity, time.Time{}, "")
}

func resolved(a *alert.Alert) *amalert.Alert {
	return episode.New(a, alerttest.Noon()).ToAlertmanager(a.Severity, alerttest.Noon(), "")
}

// summary returns an alert with few labels and annotations, like the summary of the rate limit.
func summary(endsAt time.Time) *amalert.Alert {
	return &amalert.Alert{Alert: model.Alert{
		Labels:      model.LabelSet{"alertname": "Alerts Suppressed by the Rate Limit", "rule": "alerts_suppressed"},
		Annotations: model.LabelSet{"summary": "2 more alerts suppressed."},
		StartsAt:    alerttest.Noon(), EndsAt: endsAt,
	}}
}

var defined = regexp.MustCompile(`\{\{ define "([^"]+)"`)

func TestTemplatesRenderAnyAlert(t *testing.T) {
	names := map[string]bool{}
	for _, match := range defined.FindAllStringSubmatch(defaultTemplates, -1) {
		assert.False(t, names[match[1]], "%s is defined twice", match[1])
		names[match[1]] = true
	}
	loaded := loadDefaults(t)
	for name, data := range map[string]*template.Data{
		"an open alert":                  dataOf(t, firing(alerttest.PortScan("a", "203.0.113.7"))),
		"a resolved alert":               dataOf(t, resolved(alerttest.PortScan("a", "203.0.113.7"))),
		"both":                           dataOf(t, firing(alerttest.PortScan("a", "203.0.113.7")), resolved(alerttest.ListedDestination())),
		"many":                           dataOf(t, many(50)...),
		"a summary of suppressed alerts": dataOf(t, summary(time.Time{})),
		"a resolved summary":             dataOf(t, summary(alerttest.Noon())),
		"an alert without fields":        dataOf(t, firing(&alert.Alert{UID: "x"})),
	} {
		for text := range names {
			given := any(data)
			switch text {
			case "__vpcflow_text", "__vpcflow_text_all_steps", "__vpcflow_slack", "__vpcflow_md":
				given = data.Alerts.Firing()
			case "__vpcflow_html", "__vpcflow_alert_text", "__vpcflow_links_text":
				given = data.Alerts[0]
			}
			_, err := loaded.ExecuteTextString(`{{ template "`+text+`" . }}`, given)
			require.NoError(t, err, "%s of %s", text, name)
			if !strings.HasPrefix(text, "email.") && !strings.HasPrefix(text, "telegram.") {
				continue // never rendered as HTML
			}
			_, err = loaded.ExecuteHTMLString(`{{ template "`+text+`" . }}`, given)
			require.NoError(t, err, "%s of %s, as HTML", text, name)
		}
	}
}

func many(n int) (alerts []*amalert.Alert) {
	for range n {
		alerts = append(alerts, firing(alerttest.PortScan("a", "203.0.113.7")))
	}
	return alerts
}

func TestTemplatesShowFirstAlertsAndCountTheRest(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		n    int
		want string
	}{
		"five in Slack":       {"slack.default.text", 5, ""},
		"six in Slack":        {"slack.default.text", 6, "and 1 more"},
		"ten in an e-mail":    {"email.default.text", 10, ""},
		"eleven in an e-mail": {"email.default.text", 11, "and 1 more"},
		"eleven as HTML":      {"email.default.html", 11, "and 1 more"},
		"six as Markdown":     {"discord.default.message", 6, "and 1 more"},
		"the subject":         {"email.default.subject", 7, "(7 alerts)"},
	} {
		got, err := loadDefaults(t).ExecuteTextString(`{{ template "`+c.text+`" . }}`, dataOf(t, many(c.n)...))
		require.NoError(t, err)
		if c.want == "" {
			assert.NotRegexp(t, `and \d+ more`, got, name)
		} else {
			assert.Contains(t, got, c.want, name)
		}
	}
}

func TestMarkdownEscapesTextFromFlowLogs(t *testing.T) {
	evil := alerttest.PortScan("a", "203.0.113.7")
	evil.Body = "[click](https://evil.example) **bold** @everyone <script> `code` | # x"
	for _, text := range []string{"discord.default.message", "msteamsv2.default.text", "mattermost.default.text", "rocketchat.default.text", "webex.default.message"} {
		got, err := loadDefaults(t).ExecuteTextString(`{{ template "`+text+`" . }}`, dataOf(t, firing(evil)))
		require.NoError(t, err)
		assert.Contains(t, got, "\\[click\\]\\(https://evil.example\\) \\*\\*bold\\*\\* @\u200Beveryone \\<script\\> \\`code\\` \\| \\# x", text)
	}
}

func TestSeverityInTermsOfEachIntegration(t *testing.T) {
	for text, want := range map[string][4]string{
		"slack.default.color":        {"#439fe0", "warning", "danger", "danger"},
		"pagerduty.default.severity": {"info", "warning", "error", "critical"},
		"opsgenie.default.priority":  {"P4", "P3", "P2", "P1"},
		"pushover.default.priority":  {"-1", "0", "1", "2"},
		"jira.default.priority":      {"Low", "Medium", "High", "Highest"},
	} {
		for i, severity := range alert.Severities {
			got, err := loadDefaults(t).ExecuteTextString(`{{ template "`+text+`" . }}`, dataOf(t, firing(alerttest.WithSeverity(alert.Low, alerttest.PortScan("b", "203.0.113.7"))), firing(alerttest.WithSeverity(severity, alerttest.PortScan("a", "203.0.113.7")))))
			require.NoError(t, err)
			assert.Equal(t, want[i], got, "%s of %s", text, severity)
		}
	}
}

func TestFactsHaveAFixedOrder(t *testing.T) {
	var names []string
	for _, pair := range facts(dataOf(t, firing(alerttest.ListedDestination())).Alerts[0]) {
		names = append(names, pair.Name)
	}
	assert.Equal(t, []string{"Source", "Target", "Amount", "Ports", "Threat list", "Where", "MITRE ATT&CK"}, names)
	assert.Empty(t, facts(template.Alert{}))
}

func TestReadmeDocumentsEachFunction(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for name := range functions {
		pattern := "\n\\| [^|]*`(\\\\\\| )?" + name
		assert.True(t, regexp.MustCompile(pattern).Match(text), "README.md lacks %s", pattern)
	}
}
