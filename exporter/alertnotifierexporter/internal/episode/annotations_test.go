// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestLabelsAndAnnotations(t *testing.T) {
	assert.Equal(t, model.LabelSet{
		"alertname": "suspicious_destination", "rule": "suspicious_destination", "source": "10.0.0.5", "destination": "130.239.200.130",
		"port": "8080", "protocol": "tcp", "episode": "l",
	}, Labels(alerttest.ListedDestination()))
	assert.Equal(t, model.LabelSet{
		"summary":     "10.0.0.5 reached 130.239.200.130.",
		"description": "1,234,567 bytes within 1 min 30 s. Evidence: 1 flow, 1,000 packets, 1,234,567 bytes.",
		"sources":     "10.0.0.5", "countries": "US to SE", "instance": "i-1",
		"threat": "130.239.200.130 is on threat list feodo as 130.239.200.128/25 (abuse.ch)",
		"mitre":  "T1110.003", "mitre_url": "https://attack.mitre.org/techniques/T1110/003/",
	}, annotations(alerttest.ListedDestination()))
	assert.Equal(t, model.LabelSet{"description": "Evidence: 0 flows, 0 packets, 0 bytes."}, annotations(&alert.Alert{}))
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

func TestOnlyFullListsAreMarkedAsTruncated(t *testing.T) {
	for name, c := range map[string]struct {
		n    int
		more bool
		want bool
	}{
		"a short list of a truncated alert": {alert.MaxList - 1, true, false},
		"a full list of a truncated alert":  {alert.MaxList, true, true},
		"a full list of a complete alert":   {alert.MaxList, false, false},
		"a list over the limit":             {alert.MaxList + 1, false, true},
		"an empty list":                     {0, true, false},
	} {
		got := join(make([]uint16, c.n), c.more)
		assert.Equal(t, c.want, strings.HasSuffix(got, "0, and more"), name)
		assert.Equal(t, min(c.n, alert.MaxList), strings.Count(got, "0"), name)
	}
}
