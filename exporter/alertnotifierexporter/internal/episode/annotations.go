// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// annotations returns the annotations that describe an episode as of its newest alert.
func annotations(a *alert.Alert) model.LabelSet {
	result := model.LabelSet{}
	for name, value := range map[model.LabelName]string{
		"summary":      a.Body,
		"description":  description(a),
		"first_seen":   timeText(a.FirstSeen),
		"last_seen":    timeText(a.LastSeen),
		"sources":      join(a.Sources, a.Truncated),
		"destinations": join(a.Destinations, a.Truncated),
		"ports":        join(a.DestinationPorts, a.Truncated),
		"countries":    countries(a),
		"vpc":          a.VPC,
		"interface":    a.Interface,
		"instance":     a.Instance,
		"threat":       threat(a),
		"mitre":        mitre(a),
		"mitre_url":    mitreURL(a.Technique.ID),
		"impact":       a.Impact,
		"mitigation":   a.Mitigation,
	} {
		set(result, name, value)
	}
	if len(a.Samples) > 0 {
		var lines []string
		for _, sample := range a.Samples[:min(len(a.Samples), alert.MaxSamples)] {
			lines = append(lines, cleantext.Line(flowText(sample)))
		}
		result["evidence"] = model.LabelValue(strings.Join(lines, "\n"))
	}
	return result
}

// join formats a list. Truncated applies to all lists of an alert, so it only affects a list at the limit.
func join[T any](list []T, truncated bool) string {
	var parts []string
	for _, entry := range list[:min(len(list), alert.MaxList)] {
		parts = append(parts, fmt.Sprint(entry))
	}
	if len(list) > alert.MaxList || truncated && len(list) == alert.MaxList {
		parts = append(parts, "and more")
	}
	return strings.Join(parts, ", ")
}

func countries(a *alert.Alert) string {
	switch {
	case a.SourceCountry != "" && a.DestinationCountry != "":
		return a.SourceCountry + " to " + a.DestinationCountry
	case a.SourceCountry != "":
		return "from " + a.SourceCountry
	case a.DestinationCountry != "":
		return "to " + a.DestinationCountry
	default:
		return ""
	}
}

func threat(a *alert.Alert) string {
	if !a.Indicator.IsValid() {
		return ""
	}
	text := a.Indicator.String()
	if a.Feed != "" {
		text += " is on threat list " + a.Feed
	}
	if a.IndicatorEntry.IsValid() {
		text += " as " + a.IndicatorEntry.String()
	}
	if a.IndicatorProvider != "" {
		text += " (" + a.IndicatorProvider + ")"
	}
	return text
}

func mitre(a *alert.Alert) string {
	var parts []string
	for _, part := range []string{a.Tactic.ID + " " + a.Tactic.Name, a.Technique.ID + " " + a.Technique.Name} {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(append(parts, a.Related...), ", ")
}

// mitreURL returns the page of MITRE ATT&CK for a technique: T1110.003 is at /techniques/T1110/003/. It returns an empty
// string for anything but a technique id.
func mitreURL(technique string) string {
	for _, r := range technique {
		if !unicode.IsDigit(r) && !strings.ContainsRune("TA.", r) {
			return ""
		}
	}
	if technique == "" {
		return ""
	}
	return "https://attack.mitre.org/techniques/" + strings.ReplaceAll(technique, ".", "/") + "/"
}
