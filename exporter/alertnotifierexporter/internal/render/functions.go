// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"strings"

	"github.com/prometheus/alertmanager/template"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// functions are the template functions that we add to Alertmanager's.
var functions = map[string]any{
	"worst": worst,
	"facts": facts,
	"top":   top,
	"slack": escapeSlack,
	"md":    escapeMarkdown,
}

// worst returns the most severe alert, the first one of several.
func worst(alerts []template.Alert) (found template.Alert) {
	var highest alert.Severity
	for i, a := range alerts {
		severity, err := alert.ParseSeverity(a.Labels["severity"])
		if err != nil {
			severity = 0
		}
		if i == 0 || severity > highest {
			found, highest = a, severity
		}
	}
	return found
}

// top returns the first n alerts.
func top(n int, alerts []template.Alert) []template.Alert {
	return alerts[:min(n, len(alerts))]
}

// facts returns the details of an alert besides its summary, the most useful ones first. It omits empty ones.
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
	add("Where", prefixed("account", l["account"]), l["region"], n["vpc"], n["instance"], n["interface"])
	add("MITRE ATT&CK", n["mitre"])
	add("Why it matters", n["impact"])
	add("What to do", n["mitigation"])
	return list
}

func prefixed(prefix, value string) string {
	if value == "" {
		return ""
	}
	return prefix + " " + value
}

func nonEmpty(parts []string) (rest []string) {
	for _, part := range parts {
		if part != "" {
			rest = append(rest, part)
		}
	}
	return rest
}
