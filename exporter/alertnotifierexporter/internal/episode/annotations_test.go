// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

func TestLabelsAndAnnotations(t *testing.T) {
	assert.Equal(t, model.LabelSet{
		"alertname": "suspicious_destination", "rule": "suspicious_destination", "source": "10.0.0.5", "destination": "130.239.200.130",
		"port": "8080", "protocol": "tcp", "episode": "l",
	}, Labels(alerttest.ListedDestination()))
	got := annotations(alerttest.ListedDestination())
	assert.Contains(t, got["next_steps"], "aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=10.0.0.5 ")
	delete(got, "next_steps")
	assert.Equal(t, model.LabelSet{
		"summary":     "10.0.0.5 reached 130.239.200.130.",
		"who":         "10.0.0.5 (US)",
		"whom":        "130.239.200.130 (SE)",
		"description": "1.23 MB within 1 min 30 s, in 1 flow, 1,000 packets.",
		"sources":     "10.0.0.5", "ports": "8080 (HTTP)", "countries": "US to SE", "instance": "i-1",
		"threat": "130.239.200.130 is on threat list feodo as 130.239.200.128/25 (abuse.ch)",
		"mitre":  "T1110.003", "mitre_url": "https://attack.mitre.org/techniques/T1110/003/",
		"runbook_url": "https://github.com/vpcflow/otelcol-vpcflow/blob/main/docs/rules.md#suspicious_destination",
	}, got)
	assert.Empty(t, annotations(&alert.Alert{}))
	assert.Equal(t, model.LabelValue("2 flows, 3 packets, 4 B."), annotations(&alert.Alert{Flows: 2, Packets: 3, Bytes: 4})["description"])
	assert.Equal(t, model.LabelValue("3389 (Remote Desktop)"), annotations(&alert.Alert{SourcePort: 3389})["source_port"])
	assert.Empty(t, Labels(&alert.Alert{}))
}

func TestLongTextsAreTruncated(t *testing.T) {
	a := alerttest.PortScan("a", "203.0.113.7")
	a.Body = strings.Repeat("é", cleantext.MaxLine)
	a.Samples = slices.Repeat([]alert.Sample{{Raw: strings.Repeat("x", cleantext.MaxLine)}}, 100)
	a.DestinationPorts = make([]uint16, 1000)
	a.Truncated = false
	got := annotations(a)
	assert.Equal(t, strings.Repeat("é", (cleantext.MaxLine-3)/2)+"…", string(got["summary"]))
	assert.Equal(t, alert.MaxSamples-1, strings.Count(string(got["evidence"]), "\n"))
	assert.Equal(t, strings.Repeat("0, ", alert.MaxList)+"and more", string(got["ports"]))
	assert.Len(t, cleantext.Line(strings.Repeat("x", cleantext.MaxLine)), cleantext.MaxLine)
}

func TestTheBestFitInTheMatrixComesFirst(t *testing.T) {
	for _, rule := range detect.Rules {
		a := &alert.Alert{Rule: rule.ID, Tactic: rule.Tactic, Technique: rule.Technique, RelatedTechniques: rule.Related}
		best := detect.BestClassification(a)
		assert.True(t, strings.HasPrefix(mitre(a), best.Tactic.ID+" "+best.Tactic.Name+", "+best.Technique.ID+" "), rule.ID)
		assert.Equal(t, mitreURL(best.Technique.ID), New(a, alerttest.Noon()).ToAlertmanager(alert.Low, time.Time{}, "").GeneratorURL)
	}
	assert.Equal(t, "TA0010 Exfiltration, T1048 Exfiltration Over Alternative Protocol, related: T1595", mitre(&alert.Alert{
		Rule: "large_outbound_transfer", Tactic: alert.Tactic{ID: "TA0043"}, Technique: alert.Technique{ID: "T1595"}, RelatedTechniques: []string{"T1048"},
	}))
}

func TestMitreURLAcceptsOnlyTechniqueIDs(t *testing.T) {
	for id, want := range map[string]string{
		"T1595":               "https://attack.mitre.org/techniques/T1595/",
		"T1110.003":           "https://attack.mitre.org/techniques/T1110/003/",
		"":                    "",
		"javascript:alert(1)": "",
		"T1595/../../x":       "",
		"T1595\"><script>":    "",
	} {
		assert.Equal(t, want, mitreURL(id), id)
	}
}
