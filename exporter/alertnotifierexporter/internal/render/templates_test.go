// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// words are the templates that we have.
func words(t *testing.T) *template.Template {
	t.Helper()
	loaded, err := loadTemplates(nil, "")
	require.NoError(t, err)
	return loaded
}

// dataOf is what a text is made of, for alerts of one group.
func dataOf(t *testing.T, alerts ...*amalert.Alert) *template.Data {
	t.Helper()
	return words(t).Data("r", keyOf(scan("a", "203.0.113.7")).labels(), nil, "", alerts...)
}

func firing(a *alert.Alert) *amalert.Alert {
	return begin(a, noon()).model(a.Severity, time.Time{}, "")
}

func resolved(a *alert.Alert) *amalert.Alert {
	return begin(a, noon()).model(a.Severity, noon(), "")
}

var defined = regexp.MustCompile(`\{\{ define "([^"]+)"`)

func TestEachTextIsMadeOfWhateverThereIs(t *testing.T) {
	names := map[string]bool{}
	for _, match := range defined.FindAllStringSubmatch(defaultTexts, -1) {
		assert.False(t, names[match[1]], "%s is defined twice", match[1])
		names[match[1]] = true
	}
	loaded := words(t)
	for name, data := range map[string]*template.Data{
		"one that begins":                   dataOf(t, firing(scan("a", "203.0.113.7"))),
		"one that ends":                     dataOf(t, resolved(scan("a", "203.0.113.7"))),
		"both":                              dataOf(t, firing(scan("a", "203.0.113.7")), resolved(listed())),
		"many":                              dataOf(t, many(50)...),
		"what is held back":                 dataOf(t, (&limit{}).summary(time.Time{})),
		"what is no longer held back":       dataOf(t, (&limit{}).summary(noon())),
		"an alert of which we know nothing": dataOf(t, firing(&alert.Alert{UID: "x"})),
	} {
		for text := range names {
			given := any(data)
			switch text {
			case "__vpcflow_text", "__vpcflow_slack", "__vpcflow_md":
				given = data.Alerts.Firing()
			case "__vpcflow_html":
				given = data.Alerts[0]
			}
			_, err := loaded.ExecuteTextString(`{{ template "`+text+`" . }}`, given)
			require.NoError(t, err, "%s of %s", text, name)
			if !strings.HasPrefix(text, "email.") && !strings.HasPrefix(text, "telegram.") {
				continue // which nobody asks for as HTML
			}
			_, err = loaded.ExecuteHTMLString(`{{ template "`+text+`" . }}`, given)
			require.NoError(t, err, "%s of %s, as HTML", text, name)
		}
	}
}

func many(n int) (alerts []*amalert.Alert) {
	for range n {
		alerts = append(alerts, firing(scan("a", "203.0.113.7")))
	}
	return alerts
}

func TestOfManyAlertsTheFirstAreShownAndTheRestCounted(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		n    int
		want string
	}{
		"five in Slack":   {"slack.default.text", 5, ""},
		"six in Slack":    {"slack.default.text", 6, "and 1 more"},
		"ten by mail":     {"email.default.text", 10, ""},
		"eleven by mail":  {"email.default.text", 11, "and 1 more"},
		"eleven as HTML":  {"email.default.html", 11, "and 1 more"},
		"six as Markdown": {"discord.default.message", 6, "and 1 more"},
		"the subject":     {"email.default.subject", 7, "(7 alerts)"},
	} {
		got, err := words(t).ExecuteTextString(`{{ template "`+c.text+`" . }}`, dataOf(t, many(c.n)...))
		require.NoError(t, err)
		if c.want == "" {
			assert.NotRegexp(t, `and \d+ more`, got, name)
		} else {
			assert.Contains(t, got, c.want, name)
		}
	}
}

func TestMarkdownTakesNothingInAFlowLogForMarkup(t *testing.T) {
	evil := scan("a", "203.0.113.7")
	evil.Body = "[click](https://evil.example) **bold** @everyone <script> `code` | # x"
	for _, text := range []string{"discord.default.message", "msteamsv2.default.text", "mattermost.default.text", "rocketchat.default.text", "webex.default.message"} {
		got, err := words(t).ExecuteTextString(`{{ template "`+text+`" . }}`, dataOf(t, firing(evil)))
		require.NoError(t, err)
		assert.Contains(t, got, "\\[click\\]\\(https://evil.example\\) \\*\\*bold\\*\\* @\u200Beveryone \\<script\\> \\`code\\` \\| \\# x", text)
	}
}

func TestEachIntegrationHasItsOwnWordsForTheSeverity(t *testing.T) {
	for text, want := range map[string][4]string{
		"slack.default.color":        {"#439fe0", "warning", "danger", "danger"},
		"pagerduty.default.severity": {"info", "warning", "error", "critical"},
		"opsgenie.default.priority":  {"P4", "P3", "P2", "P1"},
		"pushover.default.priority":  {"-1", "0", "1", "2"},
		"jira.default.priority":      {"Low", "Medium", "High", "Highest"},
	} {
		for i, severity := range alert.Severities {
			got, err := words(t).ExecuteTextString(`{{ template "`+text+`" . }}`, dataOf(t, firing(graver(alert.Low, scan("b", "203.0.113.7"))), firing(graver(severity, scan("a", "203.0.113.7")))))
			require.NoError(t, err)
			assert.Equal(t, want[i], got, "%s of %s", text, severity)
		}
	}
}

func TestFactsStandInTheOrderInWhichAReaderAsks(t *testing.T) {
	var names []string
	for _, pair := range facts(dataOf(t, firing(listed())).Alerts[0]) {
		names = append(names, pair.Name)
	}
	assert.Equal(t, []string{"How much", "Sources", "Countries", "Threat list", "Where", "MITRE ATT&CK"}, names)
	assert.Empty(t, facts(template.Alert{}))
}

func TestDefaultsOfAReceiverGiveWayToTheUsers(t *testing.T) {
	given := map[string]any{"severity": "info", "routing_key": "k"}
	got := withDefaults("pagerduty_configs", given)
	assert.Equal(t, "info", got["severity"])
	assert.Contains(t, got, "class")
	assert.Len(t, given, 2)
	assert.NotContains(t, withDefaults("pagerduty_configs", map[string]any{}), "routing_key")
	assert.Equal(t, map[string]any{"url": "x"}, withDefaults("webhook_configs", map[string]any{"url": "x"}))
}

func TestAnEpisodeSurvivesItsStorage(t *testing.T) {
	for _, a := range []*alert.Alert{scan("a", "203.0.113.7"), listed(), {UID: "x"}} {
		e := begin(a, noon()).told(noon())
		text, err := json.Marshal(e)
		require.NoError(t, err)
		var again episode
		require.NoError(t, json.Unmarshal(text, &again))
		assert.Equal(t, *e, again)
	}
	assert.Equal(t, model.LabelValue("high"), firing(scan("a", "203.0.113.7")).Labels["severity"])
}
