// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import "maps"

// defaultSettings replaces the defaults of Alertmanager that do not refer to a named template. The other defaults use
// our templates of the same name.
var defaultSettings = map[string]map[string]any{
	"email_configs": {"text": `{{ template "email.default.text" . }}`},
	"pagerduty_configs": {
		"severity": `{{ template "pagerduty.default.severity" . }}`,
		"source":   `{{ template "pagerduty.default.source" . }}`,
		"class":    `{{ .GroupLabels.rule }}`,
		// Alertmanager parses a rendered detail as YAML. In JSON, text from a flow log stays a string.
		"details": map[string]any{"alert": `{{ (worst .Alerts).Annotations | toJson }}`},
		"links": []any{
			map[string]any{"href": `{{ (worst .Alerts).Annotations.mitre_url }}`, "text": "MITRE ATT&CK"},
			map[string]any{"href": `{{ if .ExternalURL }}{{ (worst .Alerts).GeneratorURL }}{{ end }}`, "text": "Alert details"},
		},
	},
	"opsgenie_configs": {"priority": `{{ template "opsgenie.default.priority" . }}`},
	"pushover_configs": {"priority": `{{ template "pushover.default.priority" . }}`},
}

// withDefaults returns the given settings of a receiver with our defaults added.
func withDefaults(key string, given map[string]any) map[string]any {
	settings := maps.Clone(defaultSettings[key])
	if settings == nil {
		settings = map[string]any{}
	}
	maps.Copy(settings, given)
	return settings
}
