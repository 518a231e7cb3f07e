// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/prometheus/alertmanager/template"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/playbook"
)

// functions are the template functions that we add to Alertmanager's.
var functions = map[string]any{
	"worst": worst,
	"facts": facts,
	"top":   top,
	"steps": steps,

	"related": related,
	"slack":   escapeSlack,
	"code":    escapeCode,
	"md":      escapeMarkdown,
}

// worst returns the first of the most severe alerts.
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
	add("Source", cmp.Or(n["who"], n["sources"]))
	add("Target", cmp.Or(n["whom"], n["destinations"]))
	add("Amount", n["description"])
	add("Time", n["since"])
	add("Outcome", n["outcome"])
	add("Stages", n["stages"])
	add("Accepted", n["accepted_targets"])
	if n["who"] != "" {
		add("Sources", others(n["who"], n["sources"]))
	}
	if n["whom"] != "" {
		add("Destinations", others(n["whom"], n["destinations"]))
	}
	add("Ports", n["ports"])
	add("Threat list", n["threat"])
	where := []string{prefixed("account", l["account"]), l["region"]}
	if n["source_machine"] == "" && n["destination_machine"] == "" {
		where = append(where, n["vpc"], n["instance"], n["interface"])
	}
	if l["account"] != "" && l["region"] == "" {
		where = append(where, "region not logged")
	}
	add("Where", where...)
	add("MITRE ATT&CK", n["mitre"])
	add("Why it matters", n["impact"])
	add("What to do", n["mitigation"])
	add("First sent", n["first_notified"])
	return list
}

// others returns a list of addresses. It returns an empty text if the list has only the address of the side.
func others(side, list string) string {
	if address, _, _ := strings.Cut(side, " "); address == list {
		return ""
	}
	return list
}

// steps returns the first n next steps of an alert.
func steps(n int, a template.Alert) []playbook.Step {
	list := playbook.ParseText(a.Annotations["next_steps"])
	return list[:min(n, len(list))]
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

// relatedAlert is an alert of an attack sequence.
type relatedAlert struct {
	// Text is its sentence, or the beginning of its UID if the destination has not received it or it has ended.
	Text string
	// URL is its page. It is empty without external_url.
	URL string
}

// related returns the alerts of an attack sequence. Other alerts have none.
func related(a template.Alert) (list []relatedAlert) {
	base, hasPages := strings.CutSuffix(a.GeneratorURL, "/alerts/"+url.PathEscape(a.Labels["episode"]))
	for line := range strings.Lines(a.Annotations["related"]) {
		uid, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		r := relatedAlert{Text: cmp.Or(text, "alert "+uid[:min(len(uid), 8)])}
		if hasPages {
			r.URL = base + "/alerts/" + url.PathEscape(uid)
		}
		list = append(list, r)
	}
	return list
}
