// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"cmp"
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
)

var update = flag.Bool("update", false, "write testdata/demo/expected.yaml anew, to be reviewed")

const expectedFile = "testdata/demo/expected.yaml"

// told is what expected.yaml says of an alert.
type told struct {
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
	Sentence    string `yaml:"sentence"`
	UID         string `yaml:"uid"`
}

func tell(a *alert.Alert) told {
	return told{
		Time: time.Unix(a.Time, 0).UTC().Format(time.RFC3339), Severity: a.Severity.String(), Rule: a.Rule,
		Status: string(a.Status), Account: a.Account, Source: address(a.Source), Destination: address(a.Destination),
		Port: a.DestinationPort, Country: cmp.Or(a.SourceCountry, a.DestinationCountry), Measure: a.Measure,
		Sentence: a.Body, UID: a.UID,
	}
}

func address(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// demo returns the configuration of make demo with the sink in place of its exporters.
func demo(t *testing.T) map[string]any {
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

func TestDemoTellsExactlyWhatIsExpected(t *testing.T) {
	t.Chdir("..")
	s := newSink()
	startCollector(t, demo(t), s)
	if *update {
		require.NoError(t, os.WriteFile(expectedFile, marshal(t, settle(t, s)), 0o600))
	}
	want := expected(t)
	deadline := time.After(time.Minute)
	for len(s.all()) < len(want) {
		select {
		case <-s.came:
		case <-deadline:
			require.FailNow(t, "not all alerts came", "got %d of %d:\n%s", len(s.all()), len(want), marshal(t, tellAll(s)))
		}
	}
	require.Equal(t, want, settle(t, s))
}

// settle returns the alerts once none has come for a while.
func settle(t *testing.T, s *sink) []told {
	t.Helper()
	for {
		select {
		case <-s.came:
		case <-time.After(5 * time.Second):
			return tellAll(s)
		}
	}
}

func tellAll(s *sink) []told {
	var list []told
	for _, a := range s.all() {
		list = append(list, tell(a))
	}
	return list
}

func marshal(t *testing.T, list []told) []byte {
	t.Helper()
	text, err := yaml.Marshal(list)
	require.NoError(t, err)
	return text
}

func expected(t *testing.T) (list []told) {
	t.Helper()
	text, err := os.ReadFile(expectedFile)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &list))
	return list
}

func TestDemoMakesEveryRuleFire(t *testing.T) {
	t.Chdir("..")
	fired := map[string]bool{}
	for _, a := range expected(t) {
		fired[a.Rule] = true
	}
	for _, rule := range detect.Rules {
		require.True(t, fired[rule.ID], rule.ID)
	}
	require.True(t, slices.ContainsFunc(expected(t), func(a told) bool { return a.Status == "updated" }), "an episode grows")
}

// label is what flowgen says that an attack must cause. What it leaves out may be anything.
type label struct {
	Rule        string `yaml:"rule"`
	Source      string `yaml:"source"`
	Destination string `yaml:"destination"`
	Port        uint16 `yaml:"port"`
	Country     string `yaml:"country"`
	Opened      int    `yaml:"opened"`
	Updated     int    `yaml:"updated"`
}

func (l *label) holds(a *told) bool {
	given := func(want, got string) bool { return want == "" || want == got }
	return l.Rule == a.Rule && given(l.Source, a.Source) && given(l.Destination, a.Destination) &&
		given(l.Country, a.Country) && (l.Port == 0 || l.Port == a.Port)
}

// remaining is how many more alerts of the status the label stands for.
func (l *label) remaining(status string) *int {
	if status == string(alert.Updated) {
		return &l.Updated
	}
	return &l.Opened
}

func TestDemoTellsOfEachLabelledAttackAndOfNothingElse(t *testing.T) {
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
	left := map[string][]*label{}
	for _, attack := range labels.Attacks {
		for i := range attack.Alerts {
			left[attack.Account] = append(left[attack.Account], &attack.Alerts[i])
		}
	}
	for _, a := range expected(t) {
		i := slices.IndexFunc(left[a.Account], func(l *label) bool { return l.holds(&a) && *l.remaining(a.Status) > 0 })
		require.GreaterOrEqual(t, i, 0, "no attack is labelled with %+v", a)
		*left[a.Account][i].remaining(a.Status)--
	}
	for account, list := range left {
		for _, l := range list {
			require.Zero(t, l.Opened+l.Updated, "account %s: missing %+v", account, *l)
		}
	}
}
