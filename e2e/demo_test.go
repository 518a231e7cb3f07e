// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"cmp"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf/schema"
)

var update = flag.Bool("update", false, "write testdata/demo/expected.yaml and the screenshots again, for review")

const expectedFile = "testdata/demo/expected.yaml"

// alertSummary is an alert in expected.yaml.
type alertSummary struct {
	Time        string `yaml:"time"`
	Severity    string `yaml:"severity"`
	Rule        string `yaml:"rule"`
	Status      string `yaml:"status"`
	Account     string `yaml:"account"`
	Source      string `yaml:"source"`
	Destination string `yaml:"destination,omitempty"`
	Port        uint16 `yaml:"port,omitempty"`
	Country     string `yaml:"country,omitempty"`
	Measure     int64  `yaml:"measure"`
	Total       int64  `yaml:"total,omitempty"` // of the episode
	Sentence    string `yaml:"sentence"`
	UID         string `yaml:"uid"`
}

func summarize(a *alert.Alert) alertSummary {
	return alertSummary{
		Time: time.Unix(a.Time, 0).UTC().Format(time.RFC3339), Severity: a.Severity.String(), Rule: a.Rule,
		Status: string(a.Status), Account: a.Account, Source: address(a.Source), Destination: address(a.Destination),
		Port: a.DestinationPort, Country: cmp.Or(a.SourceCountry, a.DestinationCountry), Measure: a.Measure,
		Total: a.Episode.Measure, Sentence: a.Body, UID: a.UID,
	}
}

func address(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// demoConfig returns the configuration of make demo with the sink instead of its exporters.
func demoConfig(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile("config/demo.yaml")
	require.NoError(t, err)
	var config map[string]any
	require.NoError(t, yaml.Unmarshal(text, &config))
	processors := config["processors"].(map[string]any)
	return map[string]any{
		"receivers":  config["receivers"],
		"processors": map[string]any{"vpc_detection": processors["vpc_detection"]},
		"exporters":  map[string]any{"sink": nil},
		"service": map[string]any{
			"telemetry": map[string]any{"logs": map[string]any{"level": "error"}, "metrics": map[string]any{"level": "none"}},
			"pipelines": map[string]any{"logs": map[string]any{
				"receivers": []string{"vpc_flow"}, "processors": []string{"vpc_detection"}, "exporters": []string{"sink"},
			}},
		},
	}
}

func TestDemoReportsExactlyTheExpectedAlerts(t *testing.T) {
	t.Chdir("..")
	s := newSink()
	startCollector(t, demoConfig(t), s)
	if *update {
		require.NoError(t, os.WriteFile(expectedFile, marshal(t, settle(t, s)), 0o600))
	}
	want := expected(t)
	deadline := time.After(10 * time.Minute)
	for len(s.all()) < len(want) {
		select {
		case <-s.arrived:
		case <-deadline:
			require.FailNow(t, "alerts are missing", "got %d of %d:\n%s", len(s.all()), len(want), marshal(t, summaries(s)))
		}
	}
	require.Equal(t, want, settle(t, s))
	requireFindings(t, s.all())
}

// requireFindings checks that alerts of every rule are valid OCSF events.
func requireFindings(t *testing.T, alerts []*alert.Alert) {
	t.Helper()
	table, err := schema.Load()
	require.NoError(t, err)
	rules := map[string]bool{}
	for _, a := range alerts {
		event, err := json.Marshal(ocsf.Finding(a))
		require.NoError(t, err)
		require.NoError(t, table.Validate(event), "%s", event)
		rules[a.Rule] = true
	}
	require.Len(t, rules, len(detect.Rules))
}

// settle returns all alerts after five seconds without a new one.
func settle(t *testing.T, s *sink) []alertSummary {
	t.Helper()
	for {
		select {
		case <-s.arrived:
		case <-time.After(5 * time.Second):
			return summaries(s)
		}
	}
}

func summaries(s *sink) []alertSummary {
	var list []alertSummary
	for _, a := range s.all() {
		list = append(list, summarize(a))
	}
	return list
}

func marshal(t *testing.T, list []alertSummary) []byte {
	t.Helper()
	text, err := yaml.Marshal(list)
	require.NoError(t, err)
	return text
}

func expected(t *testing.T) (list []alertSummary) {
	t.Helper()
	text, err := os.ReadFile(expectedFile)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &list))
	return list
}

// The alert is raised at 21.7 MB, but the database sends 60 MB.
func TestDemoTransferEndsAtSixtyMegabytes(t *testing.T) {
	t.Chdir("..")
	for _, a := range expected(t) {
		if a.Rule == "large_outbound_transfer" && a.Source == "10.20.2.20" && a.Status == string(alert.Resolved) {
			require.EqualValues(t, 60_000_000, a.Total)
			require.Less(t, a.Measure, a.Total, "the measure when the alert was raised")
			return
		}
	}
	require.Fail(t, "the transfer has no end")
}

func TestDemoTriggersEveryRule(t *testing.T) {
	t.Chdir("..")
	fired := map[string]bool{}
	for _, a := range expected(t) {
		fired[a.Rule] = true
	}
	for _, rule := range detect.Rules {
		require.True(t, fired[rule.ID], rule.ID)
	}
	require.True(t, slices.ContainsFunc(expected(t), func(a alertSummary) bool { return a.Status == "updated" }), "an episode is updated")
}

// label is an expected alert of an attack in labels.yaml. Empty fields match anything.
type label struct {
	Rule        string `yaml:"rule"`
	Source      string `yaml:"source"`
	Destination string `yaml:"destination"`
	Port        uint16 `yaml:"port"`
	Country     string `yaml:"country"`
	Opened      int    `yaml:"opened"`
	Updated     int    `yaml:"updated"`
}

func (l *label) matches(a *alertSummary) bool {
	given := func(want, got string) bool { return want == "" || want == got }
	return l.Rule == a.Rule && given(l.Source, a.Source) && given(l.Destination, a.Destination) &&
		given(l.Country, a.Country) && (l.Port == 0 || l.Port == a.Port)
}

// remaining returns the number of alerts with a status that are still expected.
func (l *label) remaining(status string) *int {
	if status == string(alert.Updated) {
		return &l.Updated
	}
	return &l.Opened
}

func TestDemoReportsEveryLabeledAttackAndNothingElse(t *testing.T) {
	t.Chdir("..")
	text, err := os.ReadFile("testdata/demo/labels.yaml")
	require.NoError(t, err)
	var labels struct {
		Attacks []struct {
			Account string  `yaml:"account"`
			Alerts  []label `yaml:"alerts"`
		} `yaml:"attacks"`
	}
	require.NoError(t, yaml.Unmarshal(text, &labels))
	missing := map[string][]*label{}
	for _, attack := range labels.Attacks {
		for i := range attack.Alerts {
			missing[attack.Account] = append(missing[attack.Account], &attack.Alerts[i])
		}
	}
	open := map[string]bool{} // episodes by uid; labels do not list their ends
	for _, a := range expected(t) {
		if a.Status == string(alert.Resolved) {
			require.True(t, open[a.UID], "no open episode for %+v", a)
			delete(open, a.UID)
			continue
		}
		open[a.UID] = true
		i := slices.IndexFunc(missing[a.Account], func(l *label) bool { return l.matches(&a) && *l.remaining(a.Status) > 0 })
		require.GreaterOrEqual(t, i, 0, "no label for %+v", a)
		*missing[a.Account][i].remaining(a.Status)--
	}
	for account, list := range missing {
		for _, l := range list {
			require.Zero(t, l.Opened+l.Updated, "account %s: missing %+v", account, *l)
		}
	}
}
