// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// listed is an alert with all that the other one does not have.
func listed() *alert.Alert {
	return &alert.Alert{
		UID: "l", Status: alert.Opened, Severity: alert.Critical, Time: t0, Body: "10.0.0.5 reached 130.239.200.130.",
		Rule: "suspicious_destination", Source: netip.MustParseAddr("10.0.0.5"), Destination: netip.MustParseAddr("130.239.200.130"),
		DestinationPort: 8080, Transport: "tcp", Technique: alert.Technique{ID: "T1110.003"},
		Indicator: netip.MustParseAddr("130.239.200.130"), IndicatorEntry: netip.MustParsePrefix("130.239.200.128/25"),
		IndicatorProvider: "abuse.ch", Feed: "feodo", SourceCountry: "US", DestinationCountry: "SE", Instance: "i-1",
		Sources: []netip.Addr{netip.MustParseAddr("10.0.0.5")}, Measure: 1_234_567, Threshold: 1, Unit: alert.Bytes, Window: 90,
		Flows: 1, Packets: 1000, Bytes: 1_234_567,
	}
}

func TestLabelsIdentifyAndAnnotationsDescribe(t *testing.T) {
	assert.Equal(t, model.LabelSet{
		"alertname": "suspicious_destination", "rule": "suspicious_destination", "source": "10.0.0.5", "destination": "130.239.200.130",
		"port": "8080", "protocol": "tcp", "episode": "l",
	}, labelsOf(listed()))
	assert.Equal(t, model.LabelSet{
		"summary":     "10.0.0.5 reached 130.239.200.130.",
		"description": "1,234,567 bytes within 1 min 30 s. Evidence: 1 flow, 1,000 packets, 1,234,567 bytes.",
		"sources":     "10.0.0.5", "countries": "US to SE", "instance": "i-1",
		"threat": "130.239.200.130 is on threat list feodo as 130.239.200.128/25 (abuse.ch)",
		"mitre":  "T1110.003", "mitre_url": "https://attack.mitre.org/techniques/T1110/003/",
	}, annotationsOf(listed()))
	assert.Equal(t, model.LabelSet{"description": "Evidence: 0 flows, 0 packets, 0 bytes."}, annotationsOf(&alert.Alert{}))
	assert.Empty(t, labelsOf(&alert.Alert{}))
}

func TestWhatIsTooLongIsCut(t *testing.T) {
	a := scan("a", "203.0.113.7")
	a.Body = strings.Repeat("é", maxText)
	a.Samples = slices.Repeat([]alert.Sample{{Raw: strings.Repeat("x", maxText)}}, 100)
	a.DestinationPorts = make([]uint16, 1000)
	a.Truncated = false
	got := annotationsOf(a)
	assert.Equal(t, strings.Repeat("é", (maxText-3)/2)+"…", string(got["summary"]))
	assert.Equal(t, alert.MaxSamples-1, strings.Count(string(got["evidence"]), "\n"))
	assert.Equal(t, strings.Repeat("0, ", alert.MaxList)+"and more", string(got["ports"]))
	assert.Len(t, clean(strings.Repeat("x", maxText)), maxText)
}

func TestALinkIsMadeOfATechniqueOnly(t *testing.T) {
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

func TestOnlyAListThatIsFullMayBeCut(t *testing.T) {
	for name, c := range map[string]struct {
		n    int
		more bool
		want bool
	}{
		"a short list of an alert that has more": {alert.MaxList - 1, true, false},
		"a full list of an alert that has more":  {alert.MaxList, true, true},
		"a full list that is all":                {alert.MaxList, false, false},
		"a list that is too long":                {alert.MaxList + 1, false, true},
		"none":                                   {0, true, false},
	} {
		got := join(make([]uint16, c.n), c.more)
		assert.Equal(t, c.want, strings.HasSuffix(got, "0, and more"), name)
		assert.Equal(t, min(c.n, alert.MaxList), strings.Count(got, "0"), name)
	}
}

func TestAGroupIsOfARuleAndASourceOrElseADestination(t *testing.T) {
	a := listed()
	assert.Equal(t, "vpc_flow/suspicious_destination/source=10.0.0.5", keyOf(a).String())
	a.Source = netip.Addr{}
	assert.Equal(t, "vpc_flow/suspicious_destination/destination=130.239.200.130", keyOf(a).String())
	a.Destination = netip.Addr{}
	assert.Equal(t, "vpc_flow/suspicious_destination/=", keyOf(a).String())
	assert.Equal(t, model.LabelSet{"rule": "suspicious_destination"}, keyOf(a).labels())
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "plain", "a\nb", "\x1b[31m", "\xff\xfe", "\u202e", "\u2028", "é", "日本"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q became %q", text, got)
		}
		if len(text) <= maxText && clean(got) != got {
			t.Fatalf("%q is cleaned twice", text)
		}
		for _, r := range slackText(text) {
			if r == '<' || r == '>' || r == '`' {
				t.Fatalf("%q became %q in Slack", text, slackText(text))
			}
		}
	})
}
