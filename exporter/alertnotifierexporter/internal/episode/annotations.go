// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// labelsOf are what identifies an episode. All of them but the severity are those of its first alert for as long as it
// is open, see episode.
func labelsOf(a *alert.Alert) model.LabelSet {
	labels := model.LabelSet{}
	for name, value := range map[model.LabelName]string{
		model.AlertNameLabel: a.Title,
		"rule":               a.Rule,
		"source":             addressText(a.Source),
		"destination":        addressText(a.Destination),
		"port":               portText(a.DestinationPort),
		"protocol":           a.Transport,
		"scope":              a.Scope,
		"account":            a.Account,
		"region":             a.Region,
		"episode":            a.UID,
	} {
		put(labels, name, value)
	}
	if a.Title == "" {
		put(labels, model.AlertNameLabel, a.Rule)
	}
	return labels
}

// annotationsOf are what describes an episode at its newest alert.
func annotationsOf(a *alert.Alert) model.LabelSet {
	annotations := model.LabelSet{}
	for name, value := range map[model.LabelName]string{
		"summary":      a.Body,
		"description":  howMuch(a),
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
		put(annotations, name, value)
	}
	if len(a.Samples) > 0 {
		var lines []string
		for _, sample := range a.Samples[:min(len(a.Samples), alert.MaxSamples)] {
			lines = append(lines, clean(flowText(sample)))
		}
		annotations["evidence"] = model.LabelValue(strings.Join(lines, "\n"))
	}
	return annotations
}

func put(set model.LabelSet, name model.LabelName, value string) {
	if value = clean(value); value != "" {
		set[name] = model.LabelValue(value)
	}
}

// maxText is how many bytes of a text are told. Ours are shorter, but whoever sends OTLP may send anything.
const maxText = 2000

// clean makes one line of printable characters of what may come from a flow log: no line breaks, no terminal escapes,
// nothing that turns the direction of writing.
func clean(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText-len("…")], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "\uFFFD"))
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

func mitre(a *alert.Alert) string {
	var parts []string
	for _, part := range []string{a.Tactic.ID + " " + a.Tactic.Name, a.Technique.ID + " " + a.Technique.Name} {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(append(parts, a.Related...), ", ")
}

// mitreURL is where MITRE ATT&CK describes a technique: T1110.003 is at /techniques/T1110/003/.
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

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func portText(port uint16) string {
	if port == 0 {
		return ""
	}
	return strconv.Itoa(int(port))
}

// join writes a list. One flag says for all lists of an alert whether there was more, so that it holds for full ones only.
func join[T any](list []T, more bool) string {
	var parts []string
	for _, one := range list[:min(len(list), alert.MaxList)] {
		parts = append(parts, fmt.Sprint(one))
	}
	if len(list) > alert.MaxList || more && len(list) == alert.MaxList {
		parts = append(parts, "and more")
	}
	return strings.Join(parts, ", ")
}
