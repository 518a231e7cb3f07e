// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import (
	"net/netip"
	"strings"
	"time"
	"unicode"

	"github.com/prometheus/common/model"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/alerttext"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
	"github.com/vpcflow/otelcol-vpcflow/internal/playbook"
)

// annotations returns the annotations that describe an episode as of its newest alert.
func annotations(a *alert.Alert) model.LabelSet {
	result := model.LabelSet{}
	for name, value := range map[model.LabelName]string{
		"summary":             a.Body,
		"who":                 alerttext.Source(a),
		"whom":                alerttext.Destination(a),
		"description":         description(a),
		"since":               alerttext.Since(a),
		"outcome":             alerttext.Outcome(a),
		"accepted_targets":    alerttext.AcceptedTargets(a),
		"first_seen":          timeText(a.FirstSeen),
		"last_seen":           timeText(a.LastSeen),
		"sources":             addresses(a, a.Sources),
		"destinations":        addresses(a, a.Destinations),
		"source_port":         sourcePort(a),
		"ports":               ports(a),
		"countries":           countries(a),
		"source_machine":      alerttext.Machine(&a.SourceMachine),
		"destination_machine": alerttext.Machine(&a.DestinationMachine),
		"vpc":                 a.VPC,
		"interface":           a.Interface,
		"instance":            a.Instance,
		"threat":              threat(a),
		"mitre":               mitre(a),
		"mitre_url":           mitreURL(detect.BestClassification(a).Technique.ID),
		"impact":              a.Impact,
		"mitigation":          a.Mitigation,
		"credentials":         playbook.Credentials(a),
		"stages":              strings.Join(a.Stages, ", "),
	} {
		set(result, name, value)
	}
	if a.Rule != "" {
		result["runbook_url"] = model.LabelValue(playbook.RuleURL(a.Rule))
		result["next_steps"] = model.LabelValue(playbook.Text(playbook.Steps(a)))
	}
	if len(a.Related) > 0 {
		var lines []string
		for _, uid := range a.Related {
			lines = append(lines, cleantext.Line(uid))
		}
		result["related"] = model.LabelValue(strings.Join(lines, "\n"))
	}
	if len(a.Samples) > 0 {
		var lines []string
		for _, sample := range a.Samples[:min(len(a.Samples), alert.MaxSamples)] {
			lines = append(lines, cleantext.Line(alerttext.Sample(sample)))
		}
		result["evidence"] = model.LabelValue(strings.Join(lines, "\n"))
	}
	return result
}

// description describes the measured amount. For an alert without a measure, it gives the totals of the evidence.
func description(a *alert.Alert) string {
	if text := alerttext.HowMuch(a); text != "" || a.Flows == 0 {
		return text
	}
	return humanize.Count(a.Flows, "flow", "flows") + ", " + humanize.Count(a.Packets, "packet", "packets") + ", " + humanize.Bytes(a.Bytes) + "."
}

// timeText formats Unix seconds in UTC. It returns an empty string for zero.
func timeText(unix int64) string {
	if unix == 0 {
		return ""
	}
	return humanize.Time(time.Unix(unix, 0))
}

func addresses(a *alert.Alert, list []netip.Addr) string {
	return alerttext.List(a, len(list), func(i int) string { return list[i].String() })
}

func sourcePort(a *alert.Alert) string {
	if a.SourcePort == 0 {
		return ""
	}
	return alerttext.Port(a.SourcePort)
}

func ports(a *alert.Alert) string {
	if len(a.DestinationPorts) == 0 && a.DestinationPort != 0 {
		return alerttext.Port(a.DestinationPort)
	}
	return alerttext.List(a, len(a.DestinationPorts), func(i int) string { return alerttext.Port(a.DestinationPorts[i]) })
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
	if a.IndicatorCategory != "" {
		text += " (" + a.IndicatorCategory + ")"
	}
	if a.IndicatorEntry.IsValid() {
		text += " as " + a.IndicatorEntry.String()
	}
	if a.IndicatorProvider != "" && a.IndicatorProvider != a.Feed {
		text += " (" + a.IndicatorProvider + ")"
	}
	return text
}

// mitre lists the best fit in MITRE ATT&CK first, then related techniques.
func mitre(a *alert.Alert) string {
	best := detect.BestClassification(a)
	var parts []string
	for _, part := range []string{best.Tactic.ID + " " + best.Tactic.Name, best.Technique.ID + " " + best.Technique.Name} {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	if len(best.Related) > 0 {
		parts = append(parts, "related: "+strings.Join(best.Related, ", "))
	}
	return strings.Join(parts, ", ")
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
