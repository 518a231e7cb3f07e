// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	_ "embed"
	"errors"
	"fmt"
	tmplhtml "html/template"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	tmpltext "text/template"

	"github.com/prometheus/alertmanager/template"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

//go:embed default.tmpl
var defaultTexts string

// loadTemplates puts our texts in the place of Alertmanager's, under the names that Alertmanager's defaults refer to,
// and the user's in the place of both.
func loadTemplates(paths []string, external string) (*template.Template, error) {
	t, err := template.FromGlobs(nil, func(text *tmpltext.Template, html *tmplhtml.Template) {
		text.Funcs(functions)
		html.Funcs(functions)
	})
	if err != nil {
		return nil, err
	}
	if err := t.Parse(strings.NewReader(defaultTexts)); err != nil {
		return nil, err
	}
	for i, path := range paths {
		found, err := filepath.Glob(path)
		if err == nil && len(found) == 0 {
			err = errors.New("there is no such file")
		}
		if err == nil {
			err = t.FromGlob(path)
		}
		if err != nil {
			return nil, fmt.Errorf("templates[%d]: %q: %w", i, path, err)
		}
	}
	if t.ExternalURL, err = url.Parse(external); err != nil {
		return nil, fmt.Errorf("external_url: %q is not a URL", shownURL(external))
	}
	return t, nil
}

// checkTexts finds what is no template among the settings of a receiver, which would refuse each notification.
func checkTexts(path string, value any) error {
	switch value := plainValue(value).(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if err := checkTexts(path+"::"+key, value[key]); err != nil {
				return err
			}
		}
	case []any:
		for i, one := range value {
			if err := checkTexts(fmt.Sprintf("%s[%d]", path, i), one); err != nil {
				return err
			}
		}
	case string:
		if _, err := tmpltext.New("").Funcs(tmpltext.FuncMap(template.DefaultFuncs)).Funcs(functions).Parse(value); err != nil {
			return fmt.Errorf("%s: %w", strings.TrimPrefix(path, "::"), err)
		}
	}
	return nil
}

// functions are those that our texts use besides Alertmanager's. Users' texts may use them, too.
var functions = map[string]any{
	"worst": worst,
	"facts": facts,
	"top":   top,
	"slack": slackText,
	"md":    markdownText,
}

// worst returns the most severe of the alerts, the first of several.
func worst(alerts []template.Alert) (found template.Alert) {
	var most alert.Severity
	for i, a := range alerts {
		severity, err := alert.ParseSeverity(a.Labels["severity"])
		if err != nil {
			severity = 0
		}
		if i == 0 || severity > most {
			found, most = a, severity
		}
	}
	return found
}

// top returns the first n alerts: a text has room for so many.
func top(n int, alerts []template.Alert) []template.Alert {
	return alerts[:min(n, len(alerts))]
}

// facts are what there is to say about an alert besides its summary, in the order in which a reader asks.
func facts(a template.Alert) (list template.Pairs) {
	add := func(name string, parts ...string) {
		parts = nonEmpty(parts)
		if len(parts) > 0 {
			list = append(list, template.Pair{Name: name, Value: strings.Join(parts, ", ")})
		}
	}
	l, n := a.Labels, a.Annotations
	add("How much", n["description"])
	add("Sources", n["sources"])
	add("Destinations", n["destinations"])
	add("Ports", n["ports"])
	add("Countries", n["countries"])
	add("Threat list", n["threat"])
	add("Where", named("account", l["account"]), l["region"], n["vpc"], n["instance"], n["interface"])
	add("MITRE ATT&CK", n["mitre"])
	add("Why it matters", n["impact"])
	add("What to do", n["mitigation"])
	return list
}

func named(name, value string) string {
	if value == "" {
		return ""
	}
	return name + " " + value
}

func nonEmpty(parts []string) (rest []string) {
	for _, part := range parts {
		if part != "" {
			rest = append(rest, part)
		}
	}
	return rest
}

// slackText takes from text what Slack would take for markup: links and mentions such as <!channel>, see
// https://docs.slack.dev/messaging/formatting-message-text. A zero-width space behind @ keeps link_names from making a
// mention of it, and no backtick ends a block of code.
var slackText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@\u200B", "`", "'").Replace

// markdownText takes from text what Markdown would take for markup, and from @ that it mentions somebody.
var markdownText = strings.NewReplacer(escapes()...).Replace

func escapes() (pairs []string) {
	for _, r := range "\\`*_{}[]<>()#+!|~" {
		pairs = append(pairs, string(r), "\\"+string(r))
	}
	return append(pairs, "@", "@\u200B")
}

// withDefaults adds to the settings of a receiver those that Alertmanager has no name of a template for.
func withDefaults(key string, given map[string]any) map[string]any {
	settings := maps.Clone(defaultSettings[key])
	if settings == nil {
		settings = map[string]any{}
	}
	maps.Copy(settings, given)
	return settings
}

var defaultSettings = map[string]map[string]any{
	"email_configs": {"text": `{{ template "email.default.text" . }}`},
	"pagerduty_configs": {
		"severity": `{{ template "pagerduty.default.severity" . }}`,
		"source":   `{{ template "pagerduty.default.source" . }}`,
		"class":    `{{ .GroupLabels.rule }}`,
		// Alertmanager reads what comes of a detail as YAML, so that text from a flow log could become anything; but not
		// within JSON.
		"details": map[string]any{"alert": `{{ (worst .Alerts).Annotations | toJson }}`},
		"links": []any{
			map[string]any{"href": `{{ (worst .Alerts).Annotations.mitre_url }}`, "text": "MITRE ATT&CK"},
			map[string]any{"href": `{{ if .ExternalURL }}{{ (worst .Alerts).GeneratorURL }}{{ end }}`, "text": "The alert"},
		},
	},
	"opsgenie_configs": {"priority": `{{ template "opsgenie.default.priority" . }}`},
	"pushover_configs": {"priority": `{{ template "pushover.default.priority" . }}`},
}
